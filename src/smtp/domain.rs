//! Domains and address literals, in addresses and in EHLO (RFC 5321, sections 4.1.2 and 4.1.3; in UTF-8:
//! RFC 6531, section 3.3); and the length limits of names.

use core::net::{IpAddr, Ipv6Addr};

/// Octets of a domain in a command (RFC 5321, section 4.5.3.1.2).
const MAX_DOMAIN: usize = 255;

/// Octets of a name that DNS can look up: on the wire, with length octets and the root, it has 255 (RFC 1035,
/// section 2.3.4).
pub(crate) const MAX_HOST_NAME: usize = 253;

/// Characters between two dots (RFC 1035, section 2.3.4).
const MAX_LABEL: usize = 63;

/// Checks a name or an address literal. The error gives the reason.
pub(super) fn check(domain: &str) -> Result<(), String> {
    if domain.is_empty() {
        return Err("the domain is missing".into());
    }
    if domain.len() > MAX_DOMAIN {
        return Err(format!("the domain is longer than {MAX_DOMAIN} octets"));
    }
    match domain.strip_prefix('[') {
        Some(literal) => check_literal(literal),
        None => check_name(domain),
    }
}

/// The address literal of `address` (RFC 5321, section 4.1.3).
pub(super) fn literal(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => format!("[{address}]"),
        IpAddr::V6(address) => format!("[IPv6:{address}]"),
    }
}

fn check_name(name: &str) -> Result<(), String> {
    // The grammar allows digits and dots alone, but no host is named so (RFC 1123, section 2.1).
    if let Ok(address) = name.parse() {
        return Err(format!("an IP address is written {}", literal(address)));
    }
    name.split('.').try_for_each(check_label)
}

fn check_label(label: &str) -> Result<(), String> {
    if label.is_empty() {
        return Err(
            "the domain has a dot too many: at its start, at its end, or beside another".into(),
        );
    }
    if label.chars().count() > MAX_LABEL {
        return Err(format!(
            "a part of the domain is longer than {MAX_LABEL} characters"
        ));
    }
    match label.chars().find(|character| !is_of_label(*character)) {
        Some(other) => Err(format!("a domain cannot hold `{}`", other.escape_debug())),
        None => Ok(()),
    }
}

/// The grammar has no `_`, and no hyphens at the ends of a label, but names of hosts have them: the server
/// judges them. The conversion to an A-label checks a U-label.
fn is_of_label(character: char) -> bool {
    match character {
        '\0'..='\x7f' => character.is_ascii_alphanumeric() || matches!(character, '-' | '_'),
        _ => !character.is_control() && !character.is_whitespace(),
    }
}

/// Checks the part after the opening bracket.
fn check_literal(rest: &str) -> Result<(), String> {
    let content = rest
        .strip_suffix(']')
        .ok_or("the closing bracket is not at the end")?;
    match content.parse() {
        Ok(IpAddr::V4(_)) => return Ok(()),
        Ok(address) => return Err(format!("an IP address is written {}", literal(address))),
        Err(_) => (),
    }
    let well_formed = match content.split_once(':') {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6") => {
            address.parse::<Ipv6Addr>().is_ok()
        }
        // A kind of address that no standard names yet.
        Some((tag, data)) => {
            tag.is_ascii() && check_label(tag).is_ok() && !data.is_empty() && is_data(data)
        }
        None => false,
    };
    if well_formed {
        Ok(())
    } else {
        Err("an address literal looks like [192.0.2.1] or [IPv6:2001:db8::1]".into())
    }
}

/// The grammar's `dcontent` without quotes: no literal needs them, and a server that parses the whole command
/// might look for a closing one.
fn is_data(text: &str) -> bool {
    text.bytes()
        .all(|octet| matches!(octet, b'!' | b'#'..=b'Z' | b'^'..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Conformance: 12
    #[test]
    fn names_and_literals_of_the_grammar_are_accepted() {
        for domain in [
            "localhost",
            "example.org",
            "a.b-c.1d.e--f",
            "xn--bcher-kva.example",
            "_dmarc.my_host.example",
            "-a.b-.example",
            "bücher.example",
            "उदाहरण.परीक्षा",
            "[192.0.2.1]",
            "[IPv6:::1]",
            "[ipv6:2001:db8::192.0.2.1]",
            "[IPv6:1:2:3:4:5:6:7:8]",
            "[x-tag:any~thing!]",
            &"a.".repeat(127),
        ] {
            let domain = domain.strip_suffix(".").unwrap_or(domain);
            assert_eq!(check(domain), Ok(()), "{domain}");
        }
    }

    #[test]
    fn the_reason_is_given_for_each_malformed_domain() {
        for (domain, reason) in [
            ("", "missing"),
            (".example.org", "dot too many"),
            ("example..org", "dot too many"),
            ("example.org.", "dot too many"),
            ("ex,ample.org", "cannot hold `,`"),
            ("ex>ample.org", "cannot hold `>`"),
            ("ex\"ample.org", "cannot hold `\\\"`"),
            ("exa\r\nmple.org", "cannot hold `\\r`"),
            ("exam\0ple.org", "cannot hold `\\0`"),
            ("example.org\u{2028}", r"cannot hold `\u{2028}`"),
            ("192.0.2.1", "written [192.0.2.1]"),
            ("2001:db8::1", "written [IPv6:2001:db8::1]"),
            ("[192.0.2.1", "closing bracket"),
            ("[192.0.2.1]x", "closing bracket"),
            ("[192.0.2]", "[192.0.2.1]"),
            ("[192.0.2.256]", "[192.0.2.1]"),
            ("[2001:db8::1]", "written [IPv6:2001:db8::1]"),
            ("[IPv6:2001:db8::1::2]", "[IPv6:2001:db8::1]"),
            ("[IPv6:]", "[IPv6:2001:db8::1]"),
            ("[tag:]", "[IPv6:2001:db8::1]"),
            ("[t ag:a]", "[IPv6:2001:db8::1]"),
            ("[tag:a\"b]", "[IPv6:2001:db8::1]"),
            ("[tag:a b]", "[IPv6:2001:db8::1]"),
            (&"a".repeat(64), "63"),
            (&"a.".repeat(128), "255"),
        ] {
            let error = check(domain).expect_err(domain);
            assert!(error.contains(reason), "{domain}: {error}");
        }
    }
}

//! Mailboxes in header fields and in the envelope (RFC 5322, section 3.4.1; in UTF-8: RFC 6532, section 3.2).
//!
//! A local part in quotes is refused: four readers of ten take `"a b"@example.org` apart wrongly.

use crate::excerpt::shown;

/// Octets before the `@`, and of the whole (RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3).
const MAX_LOCAL_PART: usize = 64;
const MAX_MAILBOX: usize = 254;

/// Checks `local-part@domain`.
pub(super) fn check(mailbox: &str) -> Result<(), String> {
    reason(mailbox).map_or(Ok(()), |reason| {
        Err(format!("the address `{}`: {reason}", shown(mailbox)))
    })
}

/// The part after the `@`.
pub(super) fn domain(mailbox: &str) -> &str {
    mailbox.split_once('@').map_or("", |(_, domain)| domain)
}

fn reason(mailbox: &str) -> Option<&'static str> {
    let reason = if mailbox.is_empty() {
        "it is empty: give it as user@example.org"
    } else if mailbox
        .contains(|character: char| character.is_control() || character.is_whitespace())
    {
        "it holds white space or a control character: remove that"
    } else if mailbox.starts_with('"') {
        "its part before the `@` is in quotes, which many mail readers misread: use another address"
    } else if mailbox.contains(['<', '>']) {
        "give the address alone, and the name by itself"
    } else if mailbox.len() > MAX_MAILBOX {
        "it is longer than 254 octets: no server takes it"
    } else {
        let Some((local_part, domain)) = mailbox.split_once('@') else {
            return Some("it has no `@`: give it as user@example.org");
        };
        return reason_of_local_part(local_part).or_else(|| reason_of_domain(domain));
    };
    Some(reason)
}

fn reason_of_local_part(local_part: &str) -> Option<&'static str> {
    if local_part.len() > MAX_LOCAL_PART {
        Some("its part before the `@` is longer than 64 octets: no server takes it")
    } else if !local_part.split('.').all(is_atom) {
        Some(
            "before the `@` there may be letters, digits, !#$%&'*+-/=?^_`{|}~ and single dots between them",
        )
    } else {
        None
    }
}

fn reason_of_domain(domain: &str) -> Option<&'static str> {
    let literal = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(literal) = literal {
        let octets = |octet| matches!(octet, b'!'..=b'Z' | b'^'..=b'~');
        let well_formed = !literal.is_empty() && literal.bytes().all(octets);
        return (!well_formed)
            .then_some("write an IP address as [192.0.2.1] or [IPv6:2001:db8::1]");
    }
    let is_label = |label: &str| {
        let allowed = |character: char| {
            !character.is_ascii() || character.is_ascii_alphanumeric() || "-_".contains(character)
        };
        !label.is_empty() && label.chars().all(allowed)
    };
    let well_formed = domain.split('.').all(is_label)
        && (domain.is_ascii() || envoi_unicode::to_ascii(domain).is_ok());
    (!well_formed).then_some("after the `@` there must be a domain, such as example.org")
}

/// RFC 5322, section 3.2.3, and every character above ASCII.
pub(super) fn is_atom(text: &str) -> bool {
    let of_atom = |character: char| {
        !character.is_ascii()
            || character.is_ascii_alphanumeric()
            || "!#$%&'*+-/=?^_`{|}~".contains(character)
    };
    !text.is_empty() && text.chars().all(of_atom)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn addresses_that_every_reader_understands_are_accepted() {
        for mailbox in [
            "ann@example.org",
            "a.b+c_d=e/f!g%h@x",
            "o'hara@example.org",
            "ann@[192.0.2.1]",
            "ann@[IPv6:2001:db8::1]",
            "jörg@example.org",
            "δοκιμή@παράδειγμα.example",
        ] {
            assert_eq!(check(mailbox), Ok(()), "{mailbox}");
        }
    }

    #[test]
    fn other_addresses_are_refused_with_the_mend() {
        for (mailbox, mend) in [
            ("", "user@example.org"),
            ("ann", "no `@`"),
            ("ann@", "must be a domain"),
            ("@example.org", "before the `@`"),
            ("a..b@example.org", "single dots"),
            ("a,b@example.org", "before the `@`"),
            ("a(b)@example.org", "before the `@`"),
            ("a b@example.org", "white space"),
            ("a\r\nBcc: b@example.org", "white space or a control"),
            ("a\u{85}b@example.org", "white space or a control"),
            ("a\u{2028}b@example.org", "white space or a control"),
            ("\"a\"@example.org", "in quotes"),
            ("<a@example.org>", "the name by itself"),
            ("a@b@example.org", "must be a domain"),
            ("a@example..org", "must be a domain"),
            ("a@example.org;", "must be a domain"),
            ("a@[]", "[192.0.2.1]"),
            ("a@[1]2]", "[192.0.2.1]"),
            ("a@\u{ad}.example", "must be a domain"),
            (&format!("{}@x", "a".repeat(65)), "64 octets"),
            (&format!("a@{}", "a.".repeat(140)), "254 octets"),
        ] {
            let error = check(mailbox).unwrap_err();
            assert!(error.contains(mend), "{mailbox}: {error}");
        }
    }
}

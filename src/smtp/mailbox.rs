//! Mailboxes: the addresses in MAIL and RCPT (RFC 5321, section 4.1.2; RFC 6531, section 3.3).
//!
//! ```text
//! Mailbox    =  ( Dot-string / Quoted-string ) "@" ( Domain / address-literal )
//! ```
//!
//! An address is checked for all that could break the protocol. The server knows whether it exists.

use super::domain;
use super::excerpt::excerpt;
use super::idn;

/// Octets before the `@` (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL_PART: usize = 64;

/// Octets of an address: a path has 256 with its two angle brackets (RFC 5321, section 4.5.3.1.3).
const MAX_ADDRESS: usize = 254;

/// An address that can be sent between angle brackets: as it is to any server if it is ASCII, otherwise to
/// one that offers SMTPUTF8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox(String);

impl Mailbox {
    /// Parses `local-part@domain`, without a name or angle brackets.
    ///
    /// # Errors
    ///
    /// A text for people: the address, the reason and a remedy.
    pub fn parse(address: &str) -> Result<Self, String> {
        match check(address) {
            Ok(()) => Ok(Self(address.into())),
            Err(reason) => Err(in_address(address, reason)),
        }
    }

    /// Accepts the bare `postmaster` too, as RCPT does (RFC 5321, section 4.1.1.3).
    ///
    /// # Errors
    ///
    /// As [`Self::parse`].
    pub fn parse_recipient(address: &str) -> Result<Self, String> {
        if address.eq_ignore_ascii_case("postmaster") {
            return Ok(Self(address.into()));
        }
        Self::parse(address)
    }

    /// Accepts a local part without a domain too: mail stores, the servers of LMTP, know their users by that.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`].
    pub fn parse_lmtp_recipient(address: &str) -> Result<Self, String> {
        if has_domain(address) {
            return Self::parse(address);
        }
        check_as_a_whole(address)
            .and_then(|()| check_local_part(address))
            .map_err(|reason| in_address(address, reason))?;
        Ok(Self(address.into()))
    }

    /// The address, without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the address needs no SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }

    /// The address for a server without SMTPUTF8: its domain in A-labels.
    ///
    /// # Errors
    ///
    /// The local part is not ASCII, or the domain has no A-labels. The text goes on after "the server does
    /// not offer SMTPUTF8, ": which address needs it, why, and the alternative.
    pub fn to_ascii(&self) -> Result<Self, String> {
        let (local_part, domain) = split(&self.0).unwrap_or((&self.0, ""));
        if !local_part.is_ascii() {
            let why = "its part before the `@` is not ASCII: give the mailbox's ASCII address";
            return Err(self.needs_smtputf8(why));
        }
        if domain.is_ascii() {
            return Ok(self.clone());
        }
        let with_a_labels = |domain| Self::parse(&format!("{local_part}@{domain}"));
        idn::to_ascii_host(domain)
            .and_then(with_a_labels)
            .map_err(|_| {
                self.needs_smtputf8("its domain has no form in ASCII: is it written right?")
            })
    }

    /// The part after the `@`: `None` for the bare `postmaster` and other names without a domain.
    pub fn domain(&self) -> Option<&str> {
        split(&self.0).map(|(_, domain)| domain)
    }

    fn needs_smtputf8(&self, why: &str) -> String {
        let address = excerpt(self.0.as_bytes());
        format!("which the address `{address}` needs, as {why}")
    }
}

fn in_address(address: &str, reason: String) -> String {
    format!("address `{}`: {reason}", excerpt(address.as_bytes()))
}

/// Whether an `@` follows its local part, or a text that looks like one.
fn has_domain(address: &str) -> bool {
    outside_quotes(address).contains('@')
}

/// The address without its local part if that is in quotes.
fn outside_quotes(address: &str) -> &str {
    let quoted = address.strip_prefix('"');
    let after_quotes = quoted.and_then(|text| text.get(closing_quote(text)? + 1..));
    after_quotes.unwrap_or(address)
}

fn check(address: &str) -> Result<(), String> {
    check_as_a_whole(address)?;
    let (local_part, domain) = split(address).ok_or("it has no `@` after its local part")?;
    check_local_part(local_part)?;
    domain::check(domain)?;
    // Last, so that the error names the part if one part alone is too long.
    if address.len() > MAX_ADDRESS {
        return Err(format!("it is longer than {MAX_ADDRESS} octets"));
    }
    Ok(())
}

/// Mistakes that people make, each with its remedy; and control characters, which could end a command.
fn check_as_a_whole(address: &str) -> Result<(), String> {
    let reason = if address.is_empty() {
        "it is empty"
    } else if address.trim() != address {
        "it begins or ends with white space: remove that"
    } else if address.contains(char::is_control) {
        "it holds a control character, such as a line break"
    } else if address.starts_with('@') {
        "it has no local part, or is a source route: give user@domain alone"
    } else if outside_quotes(address).contains(['<', '>']) {
        // In quotes they are part of the name, and the server judges them.
        "give the address alone, without a name and angle brackets"
    } else {
        return Ok(());
    };
    Err(reason.into())
}

/// Local part and domain. Quotes and some address literals may hold an `@` too, so that neither the first nor
/// the last `@` is always the separator.
fn split(address: &str) -> Option<(&str, &str)> {
    let end = match address.strip_prefix('"') {
        Some(rest) => closing_quote(rest)? + 2,
        None => address.find('@')?,
    };
    let (local_part, rest) = address.split_at_checked(end)?;
    Some((local_part, rest.strip_prefix('@')?))
}

/// The index of the first quote that no backslash precedes.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.find(|character| match character {
        _ if escaped => {
            escaped = false;
            false
        }
        '\\' => {
            escaped = true;
            false
        }
        _ => character == '"',
    })
}

fn check_local_part(local_part: &str) -> Result<(), String> {
    if local_part.len() > MAX_LOCAL_PART {
        return Err(format!(
            "the part before the `@` is longer than {MAX_LOCAL_PART} octets"
        ));
    }
    match local_part.strip_prefix('"') {
        Some(quoted) => check_quoted(quoted),
        None => check_dot_string(local_part),
    }
}

fn check_dot_string(text: &str) -> Result<(), String> {
    if text.split('.').any(str::is_empty) {
        return Err(format!(
            "a dot at the start or the end of the local part, or beside another, needs quotes: \
             \"{text}\"@…"
        ));
    }
    match text
        .chars()
        .find(|character| *character != '.' && !is_atext(*character))
    {
        Some(other) => Err(format!(
            "the local part cannot hold `{}`, or only in quotes",
            other.escape_debug()
        )),
        None => Ok(()),
    }
}

fn is_atext(character: char) -> bool {
    match character {
        '\0'..='\x7f' => {
            character.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character)
        }
        // RFC 6531 allows any character; one that looks like a space is a mistake all the same.
        _ => !character.is_whitespace(),
    }
}

/// Checks the part after the opening quote, which holds no control characters. A backslash precedes ASCII
/// only.
fn check_quoted(text: &str) -> Result<(), String> {
    let end = closing_quote(text).map(|quote| quote + 1);
    if end != Some(text.len()) {
        return Err("it begins with a quote, and the closing quote is not at its end".into());
    }
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\\' && !characters.next().is_some_and(|next| next.is_ascii()) {
            return Err("a backslash in quotes makes only ASCII characters literal".into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_grammar_are_accepted_as_they_are() {
        for (address, domain) in [
            ("user@example.org", "example.org"),
            ("a.b+c_d=e/f!g%h@x", "x"),
            ("o'hara@example.org", "example.org"),
            // RFC 5321, section 4.1.2.
            (r#""Joe\,Smith"@example.org"#, "example.org"),
            (r#""a@b\"c d"@example.org"#, "example.org"),
            (r#""a\\"@example.org"#, "example.org"),
            (r#"""@example.org"#, "example.org"),
            (r#""two..dots"@example.org"#, "example.org"),
            (r#"">"@example.org"#, "example.org"),
            (r#""a<b>,;:()[]"@example.org"#, "example.org"),
            (r#""\>\ \@"@example.org"#, "example.org"),
            ("user@my_host.example.org", "my_host.example.org"),
            ("user@_dmarc.example.org", "_dmarc.example.org"),
            ("user@-a-.example.org", "-a-.example.org"),
            ("user@[192.0.2.1]", "[192.0.2.1]"),
            ("user@[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]"),
            ("user@[tag:x@y]", "[tag:x@y]"),
            ("δοκιμή@παράδειγμα.δοκιμή", "παράδειγμα.δοκιμή"),
            ("\"δ δ\"@example.org", "example.org"),
        ] {
            let mailbox = Mailbox::parse(address).unwrap();
            assert_eq!(
                (mailbox.as_str(), mailbox.domain()),
                (address, Some(domain))
            );
            assert_eq!(mailbox.is_ascii(), address.is_ascii());
        }
    }

    // Conformance: 28
    #[test]
    fn a_malformed_address_is_refused_with_a_remedy() {
        for (address, reason) in [
            ("", "empty"),
            ("user", "no `@`"),
            ("user@", "domain is missing"),
            ("@example.org", "no local part"),
            ("@a.example,@b.example:user@example.org", "source route"),
            ("Ann <ann@example.org>", "without a name and angle brackets"),
            ("<ann@example.org>", "without a name and angle brackets"),
            (
                "\"Ann\" <ann@example.org>",
                "without a name and angle brackets",
            ),
            ("\"a\"@example.org>", "without a name and angle brackets"),
            ("\"a\"@[x-tag:a>b]", "without a name and angle brackets"),
            ("a>b@example.org", "without a name and angle brackets"),
            (" user@example.org", "white space"),
            ("user@example.org\u{a0}", "white space"),
            ("user@example.org\n", "white space"),
            ("a\r\nb@example.org", "control character"),
            ("a\0b@example.org", "control character"),
            ("\"a\tb\"@example.org", "control character"),
            ("a\u{85}b@example.org", "control character"),
            ("a..b@example.org", r#"needs quotes: "a..b"@"#),
            ("a.@example.org", r#"needs quotes: "a."@"#),
            (".a@example.org", r#"needs quotes: ".a"@"#),
            ("a b@example.org", "local part cannot hold ` `"),
            (
                "a\u{2003}b@example.org",
                r"local part cannot hold `\u{2003}`",
            ),
            ("a\"b@example.org", "local part cannot hold"),
            ("\"a@example.org", "no `@`"),
            ("\"a\"b@example.org", "no `@`"),
            ("\"a\\\"@example.org", "no `@`"),
            ("\"a\\é\"@example.org", "backslash"),
            ("a@b@example.org", "domain cannot hold `@`"),
            ("a@b, c@d", "domain cannot hold `,`"),
            ("user@exa mple.org", "domain cannot hold ` `"),
            ("user@192.0.2.1", "[192.0.2.1]"),
        ] {
            let error = Mailbox::parse(address).unwrap_err();
            assert!(error.contains(reason), "{address}: {error}");
        }
    }

    // Conformance: 12
    #[test]
    fn an_address_may_be_as_long_as_the_limits_and_no_octet_longer() {
        let address = |local_part, domain: usize| {
            format!(
                "{}@{}{}",
                "a".repeat(local_part),
                "b.".repeat(domain / 2),
                "c".repeat(domain % 2)
            )
        };
        assert!(Mailbox::parse(&address(64, 189)).is_ok());
        assert!(
            Mailbox::parse(&address(64, 191))
                .unwrap_err()
                .contains("254")
        );
        assert!(Mailbox::parse(&address(65, 11)).unwrap_err().contains("64"));
        assert!(
            Mailbox::parse(&address(1, 257))
                .unwrap_err()
                .contains("255")
        );
    }

    #[test]
    fn the_address_in_an_error_is_escaped_and_shortened() {
        let error = Mailbox::parse(&format!("a\r\n{}", "b".repeat(5000))).unwrap_err();
        assert!(error.starts_with(r"address `a\r\nb"), "{error}");
        assert!(error.len() < 200);
    }

    // Conformance: 28
    #[test]
    fn the_bare_postmaster_is_a_recipient_but_not_a_sender() {
        for name in ["postmaster", "Postmaster", "POSTMASTER"] {
            let mailbox = Mailbox::parse_recipient(name).unwrap();
            assert_eq!((mailbox.as_str(), mailbox.domain()), (name, None));
            assert!(Mailbox::parse(name).is_err());
        }
        assert!(Mailbox::parse_recipient("user@example.org").is_ok());
        assert!(Mailbox::parse_recipient("webmaster").is_err());
    }

    #[test]
    fn a_recipient_of_lmtp_may_be_a_name_without_a_domain() {
        for name in [
            "ann",
            "ann+folder",
            "shared/box",
            "a.b",
            "postmaster",
            r#""a b""#,
            r#""a@b""#,
            r#"">""#,
            "jörg",
        ] {
            let mailbox = Mailbox::parse_lmtp_recipient(name).unwrap();
            assert_eq!((mailbox.as_str(), mailbox.domain()), (name, None));
        }
        let whole = Mailbox::parse_lmtp_recipient("ann@example.org").unwrap();
        assert_eq!(whole.domain(), Some("example.org"));
        for (name, reason) in [
            ("", "empty"),
            ("ann ", "white space"),
            ("a b", "local part cannot hold"),
            ("a\r\nQUIT", "control character"),
            ("\"a\0\"", "control character"),
            ("<ann>", "angle brackets"),
            ("a>b", "angle brackets"),
            ("\"a", "it begins with a quote"),
            ("\"", "it begins with a quote"),
            ("\"a\\\"", "it begins with a quote"),
            ("\"a\"b", "it begins with a quote"),
            ("\"a\" SIZE=1\"", "it begins with a quote"),
            ("\"a\"b\"", "it begins with a quote"),
            ("a\"", "local part cannot hold"),
            ("a..b", "needs quotes"),
            ("ann@", "domain is missing"),
            ("@example.org", "no local part"),
            ("ann@exa mple", "domain cannot hold"),
            (&"a".repeat(65), "64"),
            (&format!("\"{}\"", "a".repeat(63)), "64"),
        ] {
            let error = Mailbox::parse_lmtp_recipient(name).unwrap_err();
            assert!(error.contains(reason), "{name}: {error}");
        }
        assert!(Mailbox::parse_lmtp_recipient(&"a".repeat(64)).is_ok());
    }

    #[test]
    fn without_smtputf8_a_domain_has_a_labels_and_a_local_part_has_no_other_form() {
        let to_ascii = |address| Mailbox::parse_recipient(address).unwrap().to_ascii();
        for (address, ascii) in [
            ("ann@bücher.example", "ann@xn--bcher-kva.example"),
            ("\"a@b\"@bücher.example", "\"a@b\"@xn--bcher-kva.example"),
            ("Ann@Example.ORG", "Ann@Example.ORG"),
            ("ann@[192.0.2.1]", "ann@[192.0.2.1]"),
            ("Postmaster", "Postmaster"),
        ] {
            assert_eq!(to_ascii(address).unwrap().as_str(), ascii);
        }
        for address in ["é@example.org", "é@bücher.example"] {
            let need = to_ascii(address).unwrap_err();
            assert!(
                need.contains(address) && need.contains("ASCII address"),
                "{need}"
            );
        }
        let name = Mailbox::parse_lmtp_recipient("jörg").unwrap();
        assert!(name.to_ascii().unwrap_err().contains("`jörg`"));
        // Its A-labels are longer than a domain may be.
        let long = format!("ann@{}", "éa.".repeat(60) + "x");
        assert!(to_ascii(&long).unwrap_err().contains("its domain"));
    }
}

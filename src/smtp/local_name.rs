//! The client's name in EHLO (RFC 5321, section 4.1.1.1).

use super::domain;
use super::excerpt::excerpt;
use core::net::IpAddr;

/// A domain name or an address literal. It is ASCII: when EHLO is sent, no extension is known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalName(String);

impl LocalName {
    /// Parses a name that the caller gives.
    ///
    /// # Errors
    ///
    /// A text for people: the name and the reason.
    pub fn parse(name: &str) -> Result<Self, String> {
        let checked = if name.is_ascii() {
            domain::check(name)
        } else {
            Err("in EHLO a name is ASCII: use its A-label form, xn--…".into())
        };
        match checked {
            Ok(()) => Ok(Self(name.into())),
            Err(reason) => Err(format!(
                "local name `{}`: {reason}",
                excerpt(name.as_bytes())
            )),
        }
    }

    /// The address literal of a host that has no name (RFC 5321, section 4.1.4).
    pub fn literal(address: IpAddr) -> Self {
        Self(domain::literal(address))
    }

    /// The name as EHLO carries it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Conformance: 4
    #[test]
    fn a_domain_name_or_a_literal_is_a_local_name() {
        for name in [
            "client.example.org",
            "localhost",
            "[192.0.2.1]",
            "[IPv6:2001:db8::1]",
        ] {
            assert_eq!(LocalName::parse(name).unwrap().as_str(), name);
        }
    }

    // Conformance: 4
    #[test]
    fn a_name_that_could_end_the_command_is_refused() {
        for name in ["a\r\nMAIL FROM:<b@c>", "a b", "a\0", "", "bücher.example"] {
            assert!(
                LocalName::parse(name)
                    .unwrap_err()
                    .starts_with("local name `")
            );
        }
    }

    // Conformance: 4
    #[test]
    fn an_address_becomes_a_literal_that_is_a_local_name() {
        for (address, literal) in [
            ("192.0.2.1", "[192.0.2.1]"),
            ("2001:db8::1", "[IPv6:2001:db8::1]"),
            ("::1", "[IPv6:::1]"),
            ("::ffff:192.0.2.1", "[192.0.2.1]"),
        ] {
            let name = LocalName::literal(address.parse().unwrap());
            assert_eq!(name.as_str(), literal);
            assert_eq!(LocalName::parse(literal), Ok(name));
        }
    }
}

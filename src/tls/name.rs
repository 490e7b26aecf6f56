//! The name that must be in the server's certificate.

use std::fmt;

use rustls::pki_types;

use crate::smtp::excerpt::excerpt;

/// A DNS name or IP address that a certificate can contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerName {
    text: String,
    name: pki_types::ServerName<'static>,
}

impl ServerName {
    /// Takes `mail.example.org`, `192.0.2.1` or `2001:db8::1`. The error says what is wrong.
    pub fn parse(name: &str) -> Result<Self, String> {
        // A trailing dot marks a complete name; certificates omit it.
        let relative = name.strip_suffix('.').unwrap_or(name);
        match pki_types::ServerName::try_from(relative) {
            Ok(name) => Ok(Self {
                text: relative.into(),
                name: name.to_owned(),
            }),
            Err(_) => {
                let shown = excerpt(name.as_bytes());
                Err(if name.is_ascii() {
                    format!("\"{shown}\" is neither a DNS name nor an IP address")
                } else {
                    format!(
                        "no certificate bears the name \"{shown}\": write it in its ASCII form, with xn--"
                    )
                })
            }
        }
    }

    pub(super) fn to_rustls(&self) -> pki_types::ServerName<'static> {
        self.name.clone()
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_taken() {
        for name in [
            "mail.example.org",
            "localhost",
            "192.0.2.1",
            "2001:db8::1",
            "xn--bcher-kva.example",
        ] {
            assert_eq!(ServerName::parse(name).unwrap().to_string(), name);
        }
    }

    #[test]
    fn a_trailing_dot_is_dropped() {
        assert_eq!(
            ServerName::parse("mail.example.org.").unwrap().to_string(),
            "mail.example.org"
        );
    }

    #[test]
    fn names_that_no_certificate_contains_are_refused() {
        for name in [
            "",
            ".",
            "a b",
            "mail..example",
            "mail\r\n",
            "[::1]",
            "-x.example",
            "mail:25",
        ] {
            let why = ServerName::parse(name).unwrap_err();
            assert!(
                why.contains("neither a DNS name nor an IP address"),
                "{name:?}: {why}"
            );
        }
        assert!(
            ServerName::parse("bücher.example")
                .unwrap_err()
                .contains("xn--")
        );
    }
}

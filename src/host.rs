//! The host of a mailer: a DNS name or an IP address.

use core::net::IpAddr;

use crate::smtp::domain::MAX_HOST_NAME;
use crate::smtp::error::Error;
use crate::smtp::idn::to_ascii_host;

/// The dots that separate the labels of a name (UTS 46, section 2.3).
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

/// The host as it is looked up and verified: in ASCII, and without the last dot, which only says that the name
/// is complete.
pub(crate) fn host_name(host: &str) -> Result<String, Error> {
    let relative = host.strip_suffix(DOTS).unwrap_or(host);
    check_host(relative)?;
    to_ascii_host(relative).map_err(Error::InvalidArgument)
}

fn check_host(host: &str) -> Result<(), Error> {
    let hint = if host.is_empty() || host.len() > MAX_HOST_NAME {
        "a name has 1 to 253 octets"
    } else if host
        .bytes()
        .any(|b| b.is_ascii_control() || b" /@[]".contains(&b))
        || host.contains(':') && host.parse::<IpAddr>().is_err()
    {
        "give a DNS name or an IP address, without port, brackets or spaces"
    } else {
        return Ok(());
    };
    Err(Error::InvalidArgument(format!(
        "host {:?} cannot be looked up: {hint}",
        host.chars().take(60).collect::<String>()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::ServerName;

    #[test]
    fn a_host_is_looked_up_without_its_last_dot() {
        for (host, name) in [
            ("mail.example.org", "mail.example.org"),
            ("mail.example.org.", "mail.example.org"),
            ("localhost.", "localhost"),
            ("my_host.example.", "my_host.example"),
            ("127.0.0.1", "127.0.0.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("bücher.example.", "xn--bcher-kva.example"),
            ("例。テスト。", "xn--fsq.xn--zckzah"),
        ] {
            let found = host_name(host).unwrap();
            assert_eq!(found, name);
            assert_eq!(ServerName::parse(&found).unwrap().to_string(), name);
        }
        let long = format!("{}.", "a".repeat(MAX_HOST_NAME));
        assert!(host_name(&long).is_ok());
    }

    #[test]
    fn a_host_that_cannot_be_looked_up_is_refused() {
        for host in [
            "",
            ".",
            "a b",
            "a\r\n",
            "[::1]",
            "mail:25",
            "user@mail",
            &"a".repeat(MAX_HOST_NAME + 1),
        ] {
            let error = host_name(host).unwrap_err();
            assert!(
                matches!(error, Error::InvalidArgument(_)),
                "{host}: {error}"
            );
        }
    }
}

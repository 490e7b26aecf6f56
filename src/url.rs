//! Server URLs, as configurations hold them: `smtps://user:password@host:port`.

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::sasl::Password;
use crate::smtp::config::Security;

/// The parts of a URL. It may hold a password, so that an error quotes nothing of it.
#[derive(Debug)]
pub(crate) struct ServerUrl {
    pub security: Security,
    pub host: String,
    pub port: Option<u16>,
    pub credentials: Option<Password>,
}

impl ServerUrl {
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url
            .split_once("://")
            .ok_or("a server's URL starts with smtps:// or smtp://")?;
        let security = match scheme.to_ascii_lowercase().as_str() {
            "smtps" => Security::ImplicitTls,
            "smtp" => Security::StartTlsUnlessLoopback,
            _ => {
                return Err(
                    "a server's URL starts with smtps:// or smtp://, not with another scheme"
                        .into(),
                );
            }
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#']) {
            return Err("a server's URL ends after the port; in a user name or password, percent-encode / ? #".into());
        }
        let (user, server) = match authority.rsplit_once('@') {
            Some((user, server)) => (Some(user), server),
            None => (None, authority),
        };
        let (host, port) = split_port(server)?;
        Ok(Self {
            security,
            host,
            port,
            credentials: user.map(credentials).transpose()?,
        })
    }
}

fn credentials(user: &str) -> Result<Password, String> {
    let (username, password) = user
        .split_once(':')
        .ok_or("a server's URL gives a user name without a password: user:password@host")?;
    if user.contains('@') || password.contains(':') {
        return Err("in a URL's user name and password, percent-encode @ (%40) and : (%3A)".into());
    }
    Ok(Password {
        username: decode(username)?,
        password: decode(password)?,
        authorization_id: None,
    })
}

fn decode(part: &str) -> Result<String, String> {
    let malformed =
        || "a URL's user name and password are percent-encoded UTF-8: write % as %25".to_string();
    let mut escapes = part.split('%').skip(1);
    let is_hex =
        |text: &str| text.len() >= 2 && text.bytes().take(2).all(|b| b.is_ascii_hexdigit());
    if !escapes.all(is_hex) {
        return Err(malformed());
    }
    // Allocated at once: a vector that grows leaves copies of a password behind.
    let mut decoded = Zeroizing::new(Vec::with_capacity(part.len()));
    decoded.extend(percent_decode_str(part));
    let text = str::from_utf8(&decoded).map_err(|_| malformed())?;
    Ok(text.into())
}

/// `host`, `host:port`, `[2001:db8::1]:port`.
fn split_port(server: &str) -> Result<(String, Option<u16>), String> {
    let (host, port) = match server.strip_prefix('[') {
        Some(literal) => {
            let (host, rest) = literal
                .split_once(']')
                .ok_or("an IPv6 address in a URL ends with ]")?;
            (host, rest)
        }
        None => server.split_at(server.find(':').unwrap_or(server.len())),
    };
    if host.is_empty() {
        return Err("a server's URL names no host".into());
    }
    let port = match port.strip_prefix(':') {
        Some(digits) => Some(parse_port(digits)?),
        None if port.is_empty() => None,
        None => return Err("after a URL's host comes nothing, or : and a port".into()),
    };
    Ok((host.into(), port))
}

fn parse_port(digits: &str) -> Result<u16, String> {
    match digits.parse() {
        Ok(port) if port > 0 && digits.bytes().all(|b| b.is_ascii_digit()) => Ok(port),
        _ => Err("a port is a number from 1 to 65535".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str) -> ServerUrl {
        ServerUrl::parse(url).unwrap()
    }

    #[test]
    fn a_whole_url_gives_all_its_parts() {
        let url = parsed("smtps://user%40example.org:pa%20ss%22w%5Cord@mail.example.org:2465");
        assert_eq!(url.security, Security::ImplicitTls);
        assert_eq!(
            (url.host.as_str(), url.port),
            ("mail.example.org", Some(2465))
        );
        let credentials = url.credentials.unwrap();
        assert_eq!(credentials.username, "user@example.org");
        assert_eq!(credentials.password, "pa ss\"w\\ord");
    }

    #[test]
    fn user_and_port_may_be_left_out() {
        let url = parsed("smtp://localhost/");
        assert_eq!(url.security, Security::StartTlsUnlessLoopback);
        assert_eq!((url.host.as_str(), url.port), ("localhost", None));
        assert!(url.credentials.is_none());
    }

    #[test]
    fn ip_addresses_are_hosts() {
        assert_eq!(parsed("smtp://127.0.0.1:25").host, "127.0.0.1");
        let url = parsed("smtp://[2001:db8::1]:25");
        assert_eq!((url.host.as_str(), url.port), ("2001:db8::1", Some(25)));
    }

    #[test]
    fn what_is_wrong_is_named_without_the_password() {
        for (url, words) in [
            ("mail.example.org", "smtps://"),
            ("http://mail.example.org", "scheme"),
            ("smtp://", "no host"),
            ("smtp://host:0", "1 to 65535"),
            ("smtp://host:+25", "1 to 65535"),
            ("smtp://host:70000", "1 to 65535"),
            ("smtp://[::1", "]"),
            ("smtp://[::1]25", "port"),
            ("smtp://user@host", "without a password"),
            ("smtp://a:secret/1@host", "percent-encode"),
            ("smtp://a:secret@1@host", "%40"),
            ("smtp://a:secret:1@host", "%3A"),
            ("smtp://a:secret%zz@host", "%25"),
            ("smtp://a:secret%@host", "%25"),
            ("smtp://a:secret%ff@host", "UTF-8"),
            ("smtp://host/path", "ends after the port"),
        ] {
            let error = ServerUrl::parse(url).unwrap_err();
            assert!(error.contains(words), "{url}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}

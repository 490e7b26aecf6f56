//! The URL of an endpoint.

use core::fmt;
use core::net::IpAddr;

use http::Uri;

use crate::failure::Failure;

/// Longer than any server's; Uri's own limit is 64 KiB.
const MAX_URL: usize = 2048;

/// A URL that a secret may be sent to: `https`, or `http` on a loopback host (RFC 6749, section 3.2).
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    uri: Uri,
}

impl Endpoint {
    /// `what` names the URL in the failure, such as `token-url`.
    ///
    /// # Errors
    /// Another scheme, no host, a user name, a fragment, more than 2,048 octets, or no URL.
    pub fn parse(what: &str, url: &str) -> Result<Self, Failure> {
        let fail = |why: &str| Err(Failure::mend(format!("the {what} {why}")));
        if url.is_empty() || url.len() > MAX_URL {
            return fail("is empty, or longer than 2,048 octets: give the whole https URL");
        }
        if !url.is_ascii() || url.contains('#') {
            return fail("has a `#` or a character that is not ASCII: a URL has these as %XX");
        }
        let Ok(uri) = url.parse::<Uri>() else {
            return fail("is no URL: it looks like https://login.example.org/token");
        };
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return fail("is no whole URL: it looks like https://login.example.org/token");
        };
        if authority.as_str().contains('@') {
            return fail("has a user name: give the client's id and secret apart from it");
        }
        if authority.host().is_empty() {
            return fail("has no host");
        }
        match scheme {
            "https" => Ok(Self { uri }),
            "http" if is_loopback(authority.host()) => Ok(Self { uri }),
            "http" => fail("begins with http://, where others read secrets: https:// is needed"),
            _ => fail("does not begin with https://"),
        }
    }

    /// Whether it is `https`.
    pub fn is_secure(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    /// The host, and the port if the URL has one.
    pub fn authority(&self) -> &str {
        self.uri.authority().map_or("", |it| it.as_str())
    }

    /// At least `/`.
    pub fn path_with_query(&self) -> &str {
        self.uri.path_and_query().map_or("/", |it| it.as_str())
    }

    /// With more parameters in its query, each name and value encoded (RFC 6749, section 3.1).
    pub(crate) fn with_parameters(&self, encoded: &str) -> String {
        let joint = if self.uri.query().is_some() { '&' } else { '?' };
        format!("{self}{joint}{encoded}")
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

/// `localhost` is a loopback host's name (RFC 6761, section 6.3).
fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    host.eq_ignore_ascii_case("localhost")
        || (address.unwrap_or(host).parse::<IpAddr>()).is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(url: &str) -> String {
        let parsed = Endpoint::parse("token-url", url);
        parsed.err().map_or(String::new(), |it| it.sentence)
    }

    #[test]
    fn https_and_loopback_http_are_taken_apart() {
        let endpoint = Endpoint::parse("u", "https://login.test:8443/a/token?b=c").unwrap();
        assert!(endpoint.is_secure());
        assert_eq!(endpoint.authority(), "login.test:8443");
        assert_eq!(endpoint.path_with_query(), "/a/token?b=c");
        let bare = Endpoint::parse("u", "https://login.test").unwrap();
        assert_eq!(bare.path_with_query(), "/");
        assert_eq!(bare.with_parameters("d=e"), "https://login.test/?d=e");
        assert!(endpoint.with_parameters("d=e").ends_with("/token?b=c&d=e"));
        for loopback in [
            "http://127.9.9.9:1/t",
            "http://[::1]:1/t",
            "http://LOCALHOST/t",
        ] {
            assert!(!Endpoint::parse("u", loopback).unwrap().is_secure());
        }
    }

    #[test]
    fn a_secret_goes_nowhere_in_clear() {
        for url in [
            "http://login.test/token",
            "http://127.0.0.1.test/token",
            "http://localhost.test/token",
            "http://10.0.0.1/token",
            "http://[::2]/token",
        ] {
            assert!(sentence(url).contains("https:// is needed"), "{url}");
        }
    }

    #[test]
    fn what_is_no_url_of_an_endpoint_is_refused_in_words() {
        for (url, words) in [
            ("", "is empty"),
            ("token", "no whole URL"),
            ("/token", "no whole URL"),
            ("ftp://login.test/", "does not begin with https://"),
            ("https://", "is no URL"),
            ("https://a:b@login.test/", "user name"),
            ("https://login.test/#a", "`#`"),
            ("https://login.test/\u{e9}", "not ASCII"),
            ("https://login.test/a b", "is no URL"),
            ("https://login.test/\r\nx", "is no URL"),
        ] {
            assert!(sentence(url).contains(words), "{url}: {}", sentence(url));
        }
        let long = format!("https://login.test/{}", "a".repeat(MAX_URL));
        assert!(sentence(&long).contains("longer than 2,048"));
    }
}

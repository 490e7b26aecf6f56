//! OAuth 2.0 access tokens: OAUTHBEARER (RFC 7628), and XOAUTH2, from which it was made.
//!
//! A refused token is answered with a challenge that says why, in JSON. The client answers with as
//! good as nothing, so that the server can end the exchange.

use core::fmt;

use super::scram::escape;
use zeroize::{Zeroize, Zeroizing};

/// What answers the challenge that tells of a failure (RFC 7628, section 3.2.3).
pub(super) const OAUTHBEARER_END: &[u8] = b"\x01";
/// Google's and Microsoft's documentation have it empty.
pub(super) const XOAUTH2_END: &[u8] = b"";

/// Wiped when dropped, and hidden from `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer {
    pub username: String,
    pub token: String,
}

impl Bearer {
    /// RFC 7628, section 3.1.
    pub(super) fn oauthbearer(&self, host: &str, port: u16) -> Zeroizing<String> {
        let authorization_id = match self.username.as_str() {
            "" => String::new(),
            username => format!("a={}", escape(username)),
        };
        let port = port.to_string();
        // In one piece: a text that grows leaves copies of the token behind.
        let parts = [
            "n,",
            &authorization_id,
            ",\x01host=",
            host,
            "\x01port=",
            &port,
            "\x01auth=Bearer ",
            &self.token,
            "\x01\x01",
        ];
        Zeroizing::new(parts.concat())
    }

    pub(super) fn xoauth2(&self) -> Zeroizing<String> {
        let parts = [
            "user=",
            &self.username,
            "\x01auth=Bearer ",
            &self.token,
            "\x01\x01",
        ];
        Zeroizing::new(parts.concat())
    }

    /// What would end a field before its end.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.username.contains(|c: char| c.is_ascii_control()) {
            return Err("the user name holds a control character".into());
        }
        // RFC 6750, section 2.1, allows less, but servers make what they like.
        match self.token.bytes().all(|octet| octet.is_ascii_graphic()) && !self.token.is_empty() {
            true => Ok(()),
            false => Err("the token is empty, or holds what is not printable ASCII".into()),
        }
    }
}

impl Drop for Bearer {
    fn drop(&mut self) {
        self.token.zeroize();
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(username: &str, token: &str) -> Bearer {
        Bearer {
            username: username.into(),
            token: token.into(),
        }
    }

    #[test]
    fn the_example_of_rfc_7628() {
        // Section 4.1, with the port of its SMTP exchange.
        let bearer = bearer(
            "user@example.com",
            "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
        );
        assert_eq!(
            *super::super::encode(bearer.oauthbearer("server.example.com", 587).as_bytes()),
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9\
             QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
        );
    }

    #[test]
    fn the_example_of_googles_documentation() {
        let bearer = bearer(
            "someuser@example.com",
            "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg",
        );
        assert_eq!(
            *super::super::encode(bearer.xoauth2().as_bytes()),
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNS\
             bGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
        );
    }

    #[test]
    fn a_name_does_not_end_the_header_it_stands_in() {
        assert!(
            bearer("a,b=c", "t")
                .oauthbearer("h", 1)
                .starts_with("n,a=a=2Cb=3Dc,\x01host=h\x01port=1\x01")
        );
        assert!(bearer("", "t").oauthbearer("h", 1).starts_with("n,,\x01"));
    }

    #[test]
    fn what_would_end_a_field_is_refused() {
        assert!(bearer("tim", "ya29.a-b_c~d+e/f==").check().is_ok());
        for (username, token) in [
            ("t\x01m", "t"),
            ("t\0m", "t"),
            ("tim", ""),
            ("tim", "secret\x01"),
            ("tim", "secret secret"),
            ("tim", "secret\r\n"),
            ("tim", "sécret"),
        ] {
            let error = bearer(username, token).check().unwrap_err();
            assert!(!error.contains("cret"), "{error}");
        }
    }

    #[test]
    fn debug_shows_the_user_and_not_the_token() {
        let shown = format!("{0:?} {0:#?}", bearer("tim", "ya29.secret"));
        assert!(shown.contains("tim") && !shown.contains("ya29"));
    }
}

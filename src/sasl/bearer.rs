//! User name and OAuth 2.0 access token.

use core::fmt;
use zeroize::Zeroize;

use super::Error;

/// Wiped on drop. `Debug` hides the token.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer {
    /// May be empty: OAUTHBEARER can leave it to the token.
    pub username: String,
    /// As the authorization server issued it.
    pub token: String,
}

impl Bearer {
    /// Refuses characters that end a field of the messages.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.username.contains(|c: char| c.is_ascii_control()) {
            return Err(Error::CannotCarry(
                "the user name holds a control character".into(),
            ));
        }
        // RFC 6750, section 2.1, allows fewer characters, but servers do not keep to it.
        if self.token.is_empty() || !self.token.bytes().all(|octet| octet.is_ascii_graphic()) {
            return Err(Error::CannotCarry(
                "the token is empty, or holds what is not printable ASCII".into(),
            ));
        }
        Ok(())
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
    fn a_character_that_ends_a_field_is_refused() {
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
            let error = bearer(username, token).check().unwrap_err().to_string();
            assert!(!error.contains("cret"), "{error}");
        }
    }

    #[test]
    fn debug_shows_the_user_and_not_the_token() {
        let shown = format!("{0:?} {0:#?}", bearer("tim", "ya29.secret"));
        assert!(shown.contains("tim") && !shown.contains("ya29"));
    }
}

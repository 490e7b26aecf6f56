//! User name and password.

use core::fmt;
use zeroize::Zeroize;

/// Wiped when dropped, and hidden from `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password {
    pub username: String,
    pub password: String,
    /// Whom to act as, where it is not the user (RFC 4422, section 3.4.1).
    pub authorization_id: Option<String>,
}

impl Password {
    /// What no mechanism carries. LOGIN and CRAM-MD5 could, but whether a password works is not to
    /// hang on the mechanism that a server happens to offer.
    pub(super) fn check(&self) -> Result<(), String> {
        let authorization_id = self.authorization_id.as_deref().unwrap_or_default();
        if self.username.is_empty() {
            return Err("the user name is empty".into());
        }
        if self.password.is_empty() {
            return Err("the password is empty".into());
        }
        // It stands between the fields of PLAIN (RFC 4616, section 2).
        if [&self.username, &self.password, authorization_id]
            .iter()
            .any(|field| field.contains('\0'))
        {
            return Err(
                "the user name, the password or the authorization identity holds NUL".into(),
            );
        }
        Ok(())
    }

    /// For mechanisms that cannot act as another than the user.
    pub(super) fn check_acts_as_self(&self, mechanism: &str) -> Result<(), String> {
        match self.authorization_id.as_deref() {
            None | Some("") => Ok(()),
            Some(other) if *other == self.username => Ok(()),
            Some(_) => Err(format!(
                "{mechanism} carries no authorization identity: PLAIN does"
            )),
        }
    }
}

impl Drop for Password {
    fn drop(&mut self) {
        self.password.zeroize();
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Password")
            .field("username", &self.username)
            .field("authorization_id", &self.authorization_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_user_and_not_the_password() {
        let credentials = Password {
            username: "tim".into(),
            password: "tanstaaf".into(),
            authorization_id: Some("ann".into()),
        };
        let shown = format!("{credentials:?} {credentials:#?}");
        assert!(shown.contains("tim") && shown.contains("ann"));
        assert!(!shown.contains("tanstaaf"));
    }
}

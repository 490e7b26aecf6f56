//! User name and password.

use core::fmt;
use zeroize::Zeroize;

use super::Error;

/// Wiped on drop. `Debug` hides the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Password {
    /// As the server knows the user.
    pub username: String,
    /// In clear.
    pub password: String,
    /// The identity to act as, if it is not the user's own (RFC 4422, section 3.4.1).
    pub authorization_id: Option<String>,
}

impl Password {
    /// Refuses a password that not every mechanism can carry. LOGIN and CRAM-MD5 can carry more, but
    /// whether a password works must not depend on the mechanism that a server offers.
    pub(super) fn check(&self) -> Result<(), Error> {
        let authorization_id = self.authorization_id.as_deref().unwrap_or_default();
        let fields = [&self.username, &self.password, authorization_id];
        let problem = if self.username.is_empty() {
            "the user name is empty"
        } else if self.password.is_empty() {
            "the password is empty"
        } else if fields.iter().any(|field| field.contains('\0')) {
            // NUL separates the fields of PLAIN (RFC 4616, section 2).
            "the user name, the password or the authorization identity holds NUL"
        } else {
            return Ok(());
        };
        Err(Error::CannotCarry(problem.into()))
    }

    /// For mechanisms that cannot act as another identity.
    pub(super) fn check_acts_as_self(&self, mechanism: &str) -> Result<(), Error> {
        match self.authorization_id.as_deref() {
            None | Some("") => Ok(()),
            Some(other) if *other == self.username => Ok(()),
            Some(_) => Err(Error::CannotCarry(format!(
                "{mechanism} carries no authorization identity: PLAIN does"
            ))),
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

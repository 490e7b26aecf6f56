//! Credentials: a password, an OAuth 2.0 access token, or the client certificate.

use super::{Bearer, Error, Password};

/// Each kind has its own mechanisms. Secrets are wiped on drop, and hidden from `Debug`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// A user name and a password.
    Password(Password),
    /// An OAuth 2.0 access token.
    Bearer(Bearer),
    /// The client certificate, optionally to act as this identity (RFC 4422, appendix A).
    External(Option<String>),
}

impl Credentials {
    /// Refuses credentials that no mechanism can carry.
    pub fn check(&self) -> Result<(), Error> {
        match self {
            Self::Password(password) => password.check(),
            Self::Bearer(bearer) => bearer.check(),
            Self::External(Some(identity)) if identity.contains('\0') => {
                Err(Error::CannotCarry("the identity holds NUL".into()))
            }
            Self::External(_) => Ok(()),
        }
    }
}

impl From<Password> for Credentials {
    fn from(password: Password) -> Self {
        Self::Password(password)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_with_nul_is_refused_before_there_is_a_connection() {
        let check = |identity: &str| Credentials::External(Some(identity.into())).check();
        assert!(check("a\0b").is_err());
        assert_eq!(check("ann"), Ok(()));
    }
}

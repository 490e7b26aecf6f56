//! What shows who sends.

use super::{Bearer, Mechanism, Password};

/// Each kind has mechanisms of its own. Secrets are wiped when dropped, and hidden from `Debug`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    Password(Password),
    /// An OAuth 2.0 access token.
    Bearer(Bearer),
    /// The client certificate speaks (RFC 4422, appendix A): as this identity, or by itself.
    External(Option<String>),
}

impl Credentials {
    /// What no mechanism can carry.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Password(password) => password.check(),
            Self::Bearer(bearer) => bearer.check(),
            Self::External(_) => Ok(()),
        }
    }

    /// Whether they are what the mechanism is made for.
    pub fn fit(&self, mechanism: Mechanism) -> bool {
        match mechanism {
            Mechanism::OauthBearer | Mechanism::Xoauth2 => matches!(self, Self::Bearer(_)),
            Mechanism::External => matches!(self, Self::External(_)),
            _ => matches!(self, Self::Password(_)),
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
    fn each_mechanism_fits_one_kind() {
        let kinds = [
            Credentials::Password(Password {
                username: "tim".into(),
                password: "tanstaaf".into(),
                authorization_id: None,
            }),
            Credentials::Bearer(Bearer {
                username: "tim".into(),
                token: "vF9dft4qmT".into(),
            }),
            Credentials::External(None),
        ];
        let fitting = kinds.map(|kind| {
            let fitting = |mechanism: &Mechanism| kind.fit(*mechanism);
            Mechanism::DEFAULT.into_iter().filter(fitting).count()
        });
        assert_eq!(fitting, [7, 2, 1]);
    }
}

//! With what a token is asked for.

mod service_account;

use zeroize::Zeroizing;

use crate::answer::Asked;
use crate::client::Client;
use crate::failure::Failure;
use crate::request::Request;
pub(crate) use service_account::ServiceAccount;

/// No `Debug`, because it has secrets.
pub(crate) enum Grant {
    /// RFC 6749, section 4.4.
    ClientCredentials(Client),
    /// RFC 6749, section 6.
    RefreshToken(Client, Zeroizing<String>),
    /// RFC 7523.
    ServiceAccount(ServiceAccount),
}

impl Grant {
    /// Adds what is sent to the body of `request`. `unix` is the time, in seconds.
    pub(crate) fn add_to(&self, request: Request, unix: u64) -> Result<Request, Failure> {
        Ok(match self {
            Self::ClientCredentials(client) => request
                .field("grant_type", "client_credentials")
                .client(client),
            Self::RefreshToken(client, token) => {
                let request = request.field("grant_type", "refresh_token");
                request.secret("refresh_token", token).client(client)
            }
            Self::ServiceAccount(account) => {
                let assertion = account.assertion(unix)?;
                let request = request.field("grant_type", service_account::GRANT_TYPE);
                request.secret("assertion", &assertion)
            }
        })
    }

    pub(crate) fn asked(&self) -> Asked {
        match self {
            Self::ClientCredentials(_) => Asked::ClientCredentials,
            Self::RefreshToken(..) => Asked::RefreshToken,
            Self::ServiceAccount(_) => Asked::ServiceAccount,
        }
    }
}

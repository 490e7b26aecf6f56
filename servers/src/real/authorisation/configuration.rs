//! The clients of an authorisation server, and how long their tokens last.

use std::time::Duration;

use serde_json::{Value, json};

use crate::real::USER;

/// The scope that permits sending.
pub const SEND: &str = "mail.send";
/// A scope that does not.
pub const READ: &str = "mail.read";

/// Whom the tokens are for, as `resource` and `aud` name it (RFC 8707).
const RESOURCE: &str = "https://mail.example.test/";

/// The clients of this file.
pub const CLIENTS: &[Client] = &[BASIC, POST, PUBLIC, OTHER, SHORT_LIVED, MAIL_SERVER];

/// A program that asks for tokens.
#[derive(Clone, Copy)]
pub struct Client {
    pub id: &'static str,
    pub secret: &'static str,
    pub authentication: ClientAuthentication,
    /// The account of tokens that the client gets with its own credentials.
    pub account: &'static str,
    /// Of its access tokens, in whole seconds.
    pub token_lifetime: Duration,
}

/// How a client shows who it is at the token endpoint (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthentication {
    Basic,
    /// In the body.
    Post,
    /// Not at all: a public client has no secret.
    None,
}

/// Outlives any test.
const LONG: Duration = Duration::from_secs(86_400);

/// The secret has characters that HTTP Basic carries only in the encoding of forms.
pub const BASIC: Client = Client {
    id: "basic client",
    secret: "p+a%s:s/w ord",
    authentication: ClientAuthentication::Basic,
    account: USER,
    token_lifetime: LONG,
};
pub const POST: Client = Client {
    id: "post",
    secret: "p+a%s:s/w ord",
    authentication: ClientAuthentication::Post,
    account: USER,
    token_lifetime: LONG,
};
/// Gets tokens only after a user's consent.
pub const PUBLIC: Client = Client {
    id: "public",
    secret: "",
    authentication: ClientAuthentication::None,
    account: USER,
    token_lifetime: LONG,
};
/// Gets tokens for another account.
pub const OTHER: Client = Client {
    id: "other",
    secret: "secret",
    authentication: ClientAuthentication::Basic,
    account: "other@example.test",
    token_lifetime: LONG,
};
/// Its tokens expire at once, nearly.
pub const SHORT_LIVED: Client = Client {
    id: "short-lived",
    token_lifetime: Duration::from_secs(1),
    ..POST
};
/// Asks about tokens. Dovecot sends a secret without the encoding of forms
/// (findings/dovecot-introspection-secret.sh), so this one does not need it.
pub const MAIL_SERVER: Client = Client {
    id: "mail-server",
    secret: "secret-of-the-mail-server",
    authentication: ClientAuthentication::Basic,
    account: "",
    token_lifetime: LONG,
};

/// The grants to which a user consents.
const USER_GRANTS: &[&str] = &["authorization_code", "refresh_token", DEVICE_GRANT];
pub(super) const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The environment of scripts/oidc_provider.mjs.
pub(super) fn environment(clients: &[Client]) -> [(&'static str, String); 3] {
    let clients: Vec<Value> = clients.iter().map(Client::describe).collect();
    [
        ("RESOURCE", RESOURCE.into()),
        ("SCOPES", format!("{SEND} {READ}")),
        ("CLIENTS", Value::from(clients).to_string()),
    ]
}

impl Client {
    /// With the names of RFC 7591, section 2.
    fn describe(&self) -> Value {
        let method = match self.authentication {
            ClientAuthentication::Basic => "client_secret_basic",
            ClientAuthentication::Post => "client_secret_post",
            ClientAuthentication::None => "none",
        };
        let is_public = self.authentication == ClientAuthentication::None;
        let own = (!is_public).then_some("client_credentials");
        let grants: Vec<_> = USER_GRANTS.iter().copied().chain(own).collect();
        let mut client = json!({
            "client_id": self.id,
            "token_endpoint_auth_method": method,
            "grant_types": grants,
            "redirect_uris": [super::client::REDIRECT],
            "application_type": "native",
            "response_types": ["code"],
            "account": self.account,
            "token_lifetime": self.token_lifetime.as_secs(),
        });
        if !is_public {
            client["client_secret"] = self.secret.into();
        }
        client
    }
}

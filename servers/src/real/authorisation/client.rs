//! What a client of the authorisation server does.

use std::fmt;
use std::thread;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::browser::Browser;
use super::configuration::{Client, ClientAuthentication, DEVICE_GRANT, MAIL_SERVER};
use super::http::{agent, query};
use super::server::AuthorisationServer;
use crate::real::process::PAUSE;

/// Where the server sends a browser with the code. Nobody listens there.
pub(super) const REDIRECT: &str = "http://127.0.0.1/callback";
/// For PKCE. It protects a code from other programs, and there are none here.
const VERIFIER: &str = "the-verifier-of-a-client-that-is-a-test-only";

/// Without `Debug`: it would show them.
pub struct Tokens {
    pub access: String,
    pub refresh: Option<String>,
    /// In seconds.
    pub expires_in: u64,
    pub scope: Option<String>,
}

/// What a device has to know; the user enters `user_code`.
pub struct Device {
    pub code: String,
    pub user_code: String,
}

/// The server's `error` and `error_description` (RFC 6749, section 5.2), or why there was no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub error: String,
    pub description: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.description)
    }
}

impl std::error::Error for Refusal {}

impl From<ureq::Error> for Refusal {
    fn from(error: ureq::Error) -> Refusal {
        Refusal {
            error: "no answer".into(),
            description: error.to_string(),
        }
    }
}

impl AuthorisationServer {
    /// A token for the client's own account (RFC 6749, section 4.4).
    pub fn client_credentials(&self, client: &Client, scope: &str) -> Result<Tokens, Refusal> {
        self.tokens(
            client,
            &[("grant_type", "client_credentials"), ("scope", scope)],
        )
    }

    /// Tokens for the account of a user, who logs in and consents: the code flow (RFC 6749, section 4.1)
    /// with PKCE.
    pub fn authorise(
        &self,
        client: &Client,
        account: &str,
        scope: &str,
    ) -> Result<Tokens, Refusal> {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
        let question = query(&[
            ("response_type", "code"),
            ("client_id", client.id),
            ("redirect_uri", REDIRECT),
            ("scope", scope),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let url = self.url(&format!("/auth?{question}"));
        let back = Browser::new(self, Some(account)).visit(&url)?;
        let (_, answer) = back.split_once('?').unwrap_or_default();
        let parameter = |name: &str| {
            let mut pairs = form_urlencoded::parse(answer.as_bytes());
            let value = pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()));
            value.unwrap_or_default()
        };
        let code = parameter("code");
        if code.is_empty() {
            return Err(Refusal {
                error: parameter("error"),
                description: parameter("error_description"),
            });
        }
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        self.tokens(client, &form)
    }

    /// New tokens (RFC 6749, section 6).
    pub fn refresh(&self, client: &Client, token: &str) -> Result<Tokens, Refusal> {
        self.tokens(
            client,
            &[("grant_type", "refresh_token"), ("refresh_token", token)],
        )
    }

    /// Begins as a device does (RFC 8628, section 3.1).
    pub fn begin_device(&self, client: &Client, scope: &str) -> Result<Device, Refusal> {
        let answer = self.post("/device/auth", client, &[("scope", scope)])?;
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        Ok(Device {
            code: text("device_code"),
            user_code: text("user_code"),
        })
    }

    /// Asks for the tokens of a device (RFC 8628, section 3.4), once.
    pub fn poll(&self, client: &Client, device: &Device) -> Result<Tokens, Refusal> {
        self.tokens(
            client,
            &[("grant_type", DEVICE_GRANT), ("device_code", &device.code)],
        )
    }

    /// Ends a token of this client (RFC 7009).
    pub fn revoke(&self, client: &Client, token: &str) -> Result<(), Refusal> {
        self.post("/token/revocation", client, &[("token", token)])
            .map(drop)
    }

    /// Whether a mail server would be told that the token is good (RFC 7662).
    pub fn is_active(&self, token: &str) -> Result<bool, Refusal> {
        let told = self.post("/token/introspection", &MAIL_SERVER, &[("token", token)])?;
        Ok(told["active"] == true)
    }

    /// Returns once the server no longer accepts the token.
    pub fn wait_until_expired(&self, token: &str) -> Result<(), Refusal> {
        while self.is_active(token)? {
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn tokens(&self, client: &Client, form: &[(&str, &str)]) -> Result<Tokens, Refusal> {
        let answer = self.post("/token", client, form)?;
        let text = |name: &str| answer[name].as_str().map(String::from);
        Ok(Tokens {
            access: text("access_token").unwrap_or_default(),
            refresh: text("refresh_token"),
            expires_in: answer["expires_in"].as_u64().unwrap_or_default(),
            scope: text("scope"),
        })
    }

    fn post(&self, path: &str, client: &Client, form: &[(&str, &str)]) -> Result<Value, Refusal> {
        let mut form = form.to_vec();
        let mut request = agent().post(self.url(path));
        match client.authentication {
            ClientAuthentication::Basic => request = request.header("Authorization", basic(client)),
            ClientAuthentication::Post => {
                form.extend([("client_id", client.id), ("client_secret", client.secret)]);
            }
            ClientAuthentication::None => form.push(("client_id", client.id)),
        }
        let mut answer = request.send_form(form)?;
        let status = answer.status();
        // Revocation answers with an empty body.
        let text = answer.body_mut().read_to_string()?;
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        if status.is_success() {
            return Ok(body);
        }
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Err(Refusal {
            error: text("error"),
            description: text("error_description"),
        })
    }
}

/// The two parts are encoded as in forms first (RFC 6749, section 2.3.1).
fn basic(client: &Client) -> String {
    let encode =
        |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let pair = format!("{}:{}", encode(client.id), encode(client.secret));
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}

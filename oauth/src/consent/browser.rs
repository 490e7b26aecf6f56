//! Consent in a browser on this machine: an authorization code (RFC 6749, section 4.1) with PKCE (RFC 7636), which
//! comes by a redirect to a loopback address (RFC 8252, section 7.3).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use envoi_primitives::Sha256;
use form_urlencoded::{Serializer, parse};
use sha2::Digest;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::refresh_token;
use crate::answer::{Answer, Fault, refusal};
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::request::Request;

/// One consent that is waited for.
pub struct Browser {
    client: Client,
    token: Endpoint,
    redirect_uri: String,
    /// RFC 7636, section 4.1: 43 characters.
    verifier: Zeroizing<String>,
    state: Zeroizing<String>,
}

/// What a request to the loopback address was.
pub enum Redirect {
    /// The person has consented: ask for the refresh token with this.
    Code(Zeroizing<String>),
    /// The server or the person refused.
    Refused(Failure),
    /// A request of somebody else, or for something else.
    Other,
}

impl Browser {
    /// `port` is the one that listens on 127.0.0.1; `random` is used for this consent only.
    pub fn new(client: Client, token: Endpoint, port: u16, random: &[u8; 64]) -> Self {
        let (verifier, state) = random.split_at(32);
        Self {
            client,
            token,
            redirect_uri: format!("http://127.0.0.1:{port}/"),
            verifier: Zeroizing::new(URL_SAFE_NO_PAD.encode(verifier)),
            state: Zeroizing::new(URL_SAFE_NO_PAD.encode(state)),
        }
    }

    /// What the person opens in a browser. Google gives a refresh token only with the parameters `access_type` and
    /// `prompt`; servers ignore what they do not know (RFC 6749, section 3.1), and OpenID Connect knows `prompt`.
    pub fn url(&self, authorization: &Endpoint, scope: &str) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()));
        let parameters = Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client.id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", scope)
            .append_pair("state", &self.state)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .append_pair("access_type", "offline")
            .append_pair("prompt", "consent")
            .finish();
        authorization.with_parameters(&parameters)
    }

    /// `target` is the path and query of a request to the loopback address. Only who has read the URL knows its
    /// `state`: another request ends nothing (RFC 6749, section 10.12).
    pub fn read(&self, target: &str) -> Redirect {
        let Some(query) = target.strip_prefix("/?") else {
            return Redirect::Other;
        };
        let find = |wanted| {
            let value = parse(query.as_bytes()).find(|(name, _)| name == wanted);
            value.map(|(_, value)| Zeroizing::new(value.into_owned()))
        };
        let is_ours =
            find("state").is_some_and(|it| it.as_bytes().ct_eq(self.state.as_bytes()).into());
        if !is_ours {
            return Redirect::Other;
        }
        match (find("code"), find("error")) {
            (Some(code), None) if !code.is_empty() => Redirect::Code(code),
            (_, Some(error)) => {
                let words = find("error_description");
                Redirect::Refused(refusal(&error, words.as_ref().map(|it| it.as_str())))
            }
            _ => Redirect::Other,
        }
    }

    /// Asks for the refresh token.
    pub fn request(&self, code: &str) -> Request {
        Request::post(&self.token)
            .field("grant_type", "authorization_code")
            .secret("code", code)
            .field("redirect_uri", &self.redirect_uri)
            .secret("code_verifier", &self.verifier)
            .client(&self.client)
    }

    /// The refresh token.
    ///
    /// # Errors
    /// The answer is a refusal, or no token, or there is none.
    pub fn receive(
        request: &Request,
        answer: Result<Answer, Fault>,
        unix: u64,
    ) -> Result<Zeroizing<String>, Failure> {
        refresh_token(request, answer, unix)
    }
}

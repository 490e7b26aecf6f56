//! The export of envoi:mail/oauth: adapters from the interface's functions and types to the crate's.

use core::cell::RefCell;

use zeroize::Zeroizing;

use self::bindings::exports::envoi::mail::oauth as wit;
use crate::client::{Authentication, Client};
use crate::failure::{Failure, Remedy};
use crate::source::TokenSource;
use crate::wasi::{exchange, now};

#[allow(unused_imports, reason = "only a component exports")]
#[allow(
    unsafe_code,
    unreachable_pub,
    missing_docs,
    clippy::too_many_lines,
    reason = "generated"
)]
mod bindings {
    wit_bindgen::generate!({
        path: ["../wit", "wit"],
        world: "envoi:oauth/oauth",
        with: {
            "wasi:clocks/monotonic-clock@0.2.12": wasip2::clocks::monotonic_clock,
            "wasi:clocks/wall-clock@0.2.12": wasip2::clocks::wall_clock,
            "wasi:http/outgoing-handler@0.2.12": wasip2::http::outgoing_handler,
            "wasi:http/types@0.2.12": wasip2::http::types,
            "wasi:io/error@0.2.12": wasip2::io::error,
            "wasi:io/poll@0.2.12": wasip2::io::poll,
            "wasi:io/streams@0.2.12": wasip2::io::streams,
        },
    });
}

struct Component;

#[cfg(target_family = "wasm")]
#[allow(unsafe_code, reason = "generated")]
mod exports {
    use super::{Component, bindings};

    bindings::export!(Component with_types_in bindings);
}

impl wit::Guest for Component {
    type TokenSource = GuestTokenSource;
}

struct GuestTokenSource(RefCell<TokenSource>);

impl wit::GuestTokenSource for GuestTokenSource {
    fn client_credentials(
        token_url: String,
        client: wit::Client,
        scope: Option<String>,
    ) -> Result<wit::TokenSource, wit::Failure> {
        made(
            client
                .try_into()
                .and_then(|client| TokenSource::client_credentials(&token_url, client, scope)),
        )
    }

    fn refresh(
        token_url: String,
        client: wit::Client,
        refresh_token: String,
        scope: Option<String>,
    ) -> Result<wit::TokenSource, wit::Failure> {
        let refresh_token = Zeroizing::new(refresh_token);
        made(
            client
                .try_into()
                .and_then(|client| TokenSource::refresh(&token_url, client, refresh_token, scope)),
        )
    }

    fn service_account(
        key_file: String,
        scope: String,
        subject: Option<String>,
    ) -> Result<wit::TokenSource, wit::Failure> {
        let key_file = Zeroizing::new(key_file);
        made(TokenSource::service_account(&key_file, scope, subject))
    }

    fn token(&self) -> Result<String, wit::Failure> {
        let mut source = self.0.borrow_mut();
        let now = now();
        if let Some(token) = source.token(now) {
            return Ok(token.into());
        }
        let request = source.request(now)?;
        let answer = exchange(&request);
        let token = source.receive(now, &request, answer)?;
        Ok(token.to_string())
    }

    fn forget(&self) {
        self.0.borrow_mut().forget();
    }

    fn refresh_token(&self) -> Option<String> {
        self.0.borrow().refresh_token().map(Into::into)
    }
}

fn made(source: Result<TokenSource, Failure>) -> Result<wit::TokenSource, wit::Failure> {
    let source = GuestTokenSource(RefCell::new(source?));
    Ok(wit::TokenSource::new(source))
}

impl TryFrom<wit::Client> for Client {
    type Error = Failure;

    fn try_from(client: wit::Client) -> Result<Self, Failure> {
        use wit::ClientAuthentication as Way;
        let authentication = match client.authentication {
            Way::Public => Authentication::Public,
            Way::SecretInBody(secret) => Authentication::SecretInBody(secret.into()),
            Way::SecretInHeader(secret) => Authentication::SecretInHeader(secret.into()),
        };
        Client::new(client.id, authentication)
    }
}

impl From<Failure> for wit::Failure {
    fn from(failure: Failure) -> Self {
        let remedy = match failure.remedy {
            Remedy::AskTheUser => wit::Remedy::AskTheUser,
            Remedy::Wait(seconds) => wit::Remedy::Wait(seconds),
            Remedy::MendTheSetUp => wit::Remedy::MendTheSetUp,
        };
        Self {
            remedy,
            code: failure.code,
            sentence: failure.sentence,
        }
    }
}

//! Sends with OAuth 2.0 tokens: composed with `envoi.wasm` and `envoi-oauth.wasm`.

#![allow(unsafe_code, clippy::too_many_arguments, reason = "generated bindings")]
// On other targets, nothing calls anything.
#![cfg_attr(not(target_family = "wasm"), allow(dead_code))]

wit_bindgen::generate!({ path: ["../../wit", "wit"], world: "example:guest-oauth/guest", generate_all });

use envoi::mail::oauth::{Client, ClientAuthentication, TokenSource};
use envoi::mail::smtp::{
    BearerCredentials, Credentials, Envelope, Error, Mailer, Phase, Receipt, explain,
};

struct Greeter;

// Linkers of other targets do not accept the exported names.
#[cfg(target_family = "wasm")]
export!(Greeter);

impl Guest for Greeter {
    fn greet(
        server: String,
        user: String,
        token_url: String,
        id: String,
        refresh_token: String,
    ) -> Result<String, String> {
        let authentication = ClientAuthentication::Public;
        let client = Client { id, authentication };
        let tokens = TokenSource::refresh(&token_url, &client, &refresh_token, None);
        let tokens = tokens.map_err(|failure| failure.sentence)?;
        let mailer = Mailer::from_url(&server).map_err(|error| explain(&error).sentence)?;
        let mut sent = send(&mailer, &user, &tokens)?;
        if is_refused_token(&sent) {
            tokens.forget();
            sent = send(&mailer, &user, &tokens)?;
        }
        mailer.close();
        let receipt = sent.map_err(|error| explain(&error).sentence)?;
        Ok(receipt.accepted[0].reply.text.clone())
    }
}

/// The outer error: there is no token.
fn send(
    mailer: &Mailer,
    user: &str,
    tokens: &TokenSource,
) -> Result<Result<Receipt, Error>, String> {
    let token = tokens.token().map_err(|failure| failure.sentence)?;
    let bearer = BearerCredentials {
        username: user.into(),
        token,
    };
    mailer.set_credentials(Some(&Credentials::Bearer(bearer)));
    let envelope = Envelope {
        sender: Some(user.into()),
        recipients: vec![user.into()],
    };
    let message = format!("From: {user}\r\nTo: {user}\r\nSubject: Hello\r\n\r\nHello\r\n");
    Ok(mailer.send(&envelope, message.as_bytes(), None))
}

/// A token may end before its time: a second one is worth a try, a third is not.
fn is_refused_token(sent: &Result<Receipt, Error>) -> bool {
    matches!(sent, Err(Error::Rejected(it)) if it.phase == Phase::Auth && it.reply.code == 535)
}

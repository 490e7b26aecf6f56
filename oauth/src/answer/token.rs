//! Answers that grant a token (RFC 6749, section 5.1).

use serde::Deserialize;
use zeroize::Zeroizing;

use super::advice::Asked;
use super::{Answer, Lifetime, Text, failure, object};
use crate::failure::Failure;
use crate::secrets::Secrets;

/// What was granted. No `Debug`, because it has secrets.
#[derive(Deserialize)]
pub(crate) struct Granted {
    pub(crate) access_token: Zeroizing<String>,
    token_type: Text,
    expires_in: Option<Lifetime>,
    pub(crate) refresh_token: Option<Zeroizing<String>>,
}

impl Granted {
    /// In seconds, if the server said so.
    pub(crate) fn lifetime(&self) -> Option<u64> {
        self.expires_in.as_ref().and_then(Lifetime::seconds)
    }
}

/// # Errors
/// The answer is a refusal, or no answer of a token endpoint.
pub(crate) fn granted(
    answer: &Answer,
    secrets: &Secrets,
    asked: Asked,
    unix: u64,
) -> Result<Granted, Failure> {
    let is_success = (200..=299).contains(&answer.status);
    let granted = is_success
        .then(|| object::<Granted>(&answer.body))
        .flatten();
    let Some(mut granted) = granted else {
        return Err(failure(answer, secrets, asked, unix));
    };
    // RFC 6749, section 7.1: a token of an unknown type must not be used.
    let is_bearer = |it: &str| it.eq_ignore_ascii_case("bearer");
    if !granted.token_type.text().is_some_and(is_bearer) {
        return Err(Failure::mend(
            "the server granted a token that is no bearer token, which mail servers take: look at the client's \
             registration",
        ));
    }
    if !is_token(&granted.access_token) {
        return Err(Failure::mend(
            "the server granted a token that is empty, or has characters that no token has",
        ));
    }
    granted.refresh_token = granted.refresh_token.filter(|it| !it.is_empty());
    Ok(granted)
}

/// RFC 6750, section 2.1, has fewer characters. These are safe in SASL, where control characters end a token
/// (RFC 7628, section 3.1).
fn is_token(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|octet| octet.is_ascii_graphic())
}

//! Refusals (RFC 6749, section 5.2), and answers that are none of OAuth.

use serde::Deserialize;

use super::advice::{Asked, advice};
use super::{Answer, Text, object, retry_after};
use crate::failure::{Failure, Remedy};
use crate::secrets::Secrets;

#[derive(Deserialize)]
struct Refusal {
    error: Text,
    error_description: Option<Text>,
}

/// What an answer without a token means.
pub(crate) fn failure(answer: &Answer, secrets: &Secrets, asked: Asked, unix: u64) -> Failure {
    let refusal: Option<Refusal> = object(&answer.body);
    let code = refusal.as_ref().and_then(|it| it.error.text());
    let code = code.map(|it| secrets.cut_out(it));
    let words = refusal.and_then(|it| Some(secrets.cut_out(it.error_description?.text()?)));
    let said = said(answer, secrets, code.as_deref(), words.as_deref());
    let (remedy, advice) = remedy(answer, code.as_deref(), asked, unix);
    Failure {
        remedy,
        code,
        sentence: format!("{said}; {advice}"),
    }
}

/// The error code, if the answer has one.
pub(crate) fn code(answer: &Answer) -> Option<String> {
    let refusal: Refusal = object(&answer.body)?;
    refusal.error.text().map(Into::into)
}

/// A refusal that came by a redirect (RFC 6749, section 4.1.2.1).
pub(crate) fn refusal(code: &str, words: Option<&str>) -> Failure {
    let secrets = Secrets::default();
    let code = secrets.cut_out(code);
    let words = words.map(|it| format!(": {}", secrets.cut_out(it)));
    let later = (Remedy::Wait(retry_after::DEFAULT), "ask again later");
    let (remedy, advice) = advice(&code, Asked::Consent).unwrap_or(later);
    Failure {
        remedy,
        sentence: format!(
            "the server answered {code}{}; {advice}",
            words.unwrap_or_default()
        ),
        code: Some(code),
    }
}

fn said(answer: &Answer, secrets: &Secrets, code: Option<&str>, words: Option<&str>) -> String {
    let status = answer.status;
    match (code, words) {
        (Some(code), Some(words)) => format!("the server answered {code} ({status}): {words}"),
        (Some(code), None) => format!("the server answered {code} ({status})"),
        (None, _) => {
            let media_type = answer
                .content_type
                .as_deref()
                .map_or("", |it| it.split(';').next().unwrap_or_default());
            let media_type = match secrets.cut_out(media_type) {
                it if it.is_empty() => "no content type".into(),
                it => it,
            };
            format!("the server answered {status} without an error code ({media_type})")
        }
    }
}

/// A status that says "later" comes first: servers under load have any body.
fn remedy(answer: &Answer, code: Option<&str>, asked: Asked, unix: u64) -> (Remedy, String) {
    let wait = || {
        let seconds = retry_after::seconds(answer.retry_after.as_deref(), unix);
        let advice = format!("ask again in {seconds} seconds, and with growing pauses");
        (Remedy::Wait(seconds), advice)
    };
    let mend = |advice: &str| (Remedy::MendTheSetUp, advice.into());
    match (answer.status, code) {
        (408 | 429 | 500..=599, _) => wait(),
        (_, Some(code)) => {
            advice(code, asked).map_or_else(wait, |(remedy, it)| (remedy, it.into()))
        }
        (200..=299, None) => mend(
            "that is no token: is it the URL of the token endpoint, without a proxy before it?",
        ),
        (300..=399, None) => {
            mend("redirects are not followed: give the URL that it redirects to, if you trust it")
        }
        (404 | 405 | 410, None) => mend("this is no token endpoint: is it the right URL?"),
        (_, None) => mend("is it the URL of the token endpoint, and the right client?"),
    }
}

//! The usual parts of conversations.

use std::time::Duration;

use envoi_oauth::{
    Answer, Authentication, Client, Failure, Fault, Method, Now, Request, TokenSource,
};

pub(crate) const TOKEN_URL: &str = "https://login.test/token";
pub(crate) const SECRET: &str = "s3cret & more: 100%";
pub(crate) const REFRESH_TOKEN: &str = "1//0refresh-token";

/// Sun, 29 Nov 2026 09:00:00 GMT, and so many seconds later.
pub(crate) fn at(seconds: u64) -> Now {
    Now {
        monotonic: Duration::from_secs(1_000 + seconds),
        unix: 1_795_942_800 + seconds,
    }
}

pub(crate) fn client(authentication: Authentication) -> Client {
    Client::new("the-client".into(), authentication).unwrap_or_else(|failure| panic!("{failure}"))
}

pub(crate) fn secret_in_body() -> Client {
    client(Authentication::SecretInBody(SECRET.to_owned().into()))
}

pub(crate) fn by_client_credentials() -> TokenSource {
    let scope = Some("https://outlook.office365.com/.default".into());
    TokenSource::client_credentials(TOKEN_URL, secret_in_body(), scope)
        .unwrap_or_else(|failure| panic!("{failure}"))
}

pub(crate) fn by_refresh_token() -> TokenSource {
    let token = REFRESH_TOKEN.to_owned().into();
    TokenSource::refresh(TOKEN_URL, secret_in_body(), token, None)
        .unwrap_or_else(|failure| panic!("{failure}"))
}

pub(crate) fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        retry_after: None,
        content_type: Some("application/json;charset=UTF-8".into()),
        body: body.as_bytes().to_vec().into(),
    }
}

pub(crate) fn granted(token: &str, seconds: u64) -> Answer {
    let body =
        format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{seconds}}}"#);
    answer(200, &body)
}

pub(crate) fn refused(code: &str, words: &str) -> Answer {
    let body = format!(r#"{{"error":"{code}","error_description":"{words}"}}"#);
    answer(400, &body)
}

pub(crate) fn body(request: &Request) -> &str {
    match &request.method {
        Method::Post(body) => body,
        Method::Get => panic!("it is a GET"),
    }
}

/// One request at this time, with this answer.
pub(crate) fn ask(source: &mut TokenSource, now: Now, answer: Answer) -> Result<String, Failure> {
    ask_for(source, now, Ok(answer))
}

pub(crate) fn ask_for(
    source: &mut TokenSource,
    now: Now,
    answer: Result<Answer, Fault>,
) -> Result<String, Failure> {
    let request = source.request(now)?;
    let token = source.receive(now, &request, answer)?;
    Ok(token.to_string())
}

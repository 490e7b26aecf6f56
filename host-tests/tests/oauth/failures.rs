//! Servers that grant no token, each in its way.

use servers::http::{HttpAnswer, HttpServer, answer, json};
use servers::ports::RefusingPort;
use servers::tokens::granted;

use crate::support::Instance;
use crate::support::bindings::exports::envoi::mail::oauth::{Failure, Remedy};

/// What a client with a refresh token is told.
fn failure(answer: HttpAnswer) -> Failure {
    let server = HttpServer::start([answer]);
    let instance = Instance::start();
    let source = instance.refresh(&server.url("/token")).unwrap();
    let failure = source.token().unwrap_err();
    assert_eq!(server.finish().len(), 1);
    failure
}

#[test]
fn a_refusal_has_its_code_its_words_and_advice() {
    for (code, status, remedy) in [
        ("invalid_grant", 400, "ask-the-user"),
        ("invalid_client", 401, "mend-the-set-up"),
        ("unauthorized_client", 400, "mend-the-set-up"),
        ("unsupported_grant_type", 400, "mend-the-set-up"),
        ("invalid_scope", 400, "mend-the-set-up"),
        ("invalid_request", 400, "mend-the-set-up"),
        ("temporarily_unavailable", 503, "wait 30"),
    ] {
        let body = format!(r#"{{"error":"{code}","error_description":"Because."}}"#);
        let failure = failure(json(status, &body));
        assert_eq!(name(&failure), remedy, "{code}");
        assert_eq!(failure.code.as_deref(), Some(code));
        let said = format!("the server answered {code} ({status}): Because.; ");
        assert!(failure.sentence.starts_with(&said), "{}", failure.sentence);
    }
}

#[test]
fn a_secret_in_the_servers_words_is_not_shown() {
    let body = r#"{"error":"invalid_grant","error_description":"refresh-1 is unknown"}"#;
    let failure = failure(json(400, body));
    assert!(
        failure.sentence.contains("[secret] is unknown"),
        "{}",
        failure.sentence
    );
}

#[test]
fn a_busy_server_says_when_to_come_back() {
    for (value, wanted) in [
        ("120", "wait 120"),
        ("Sun, 29 Nov 2026 09:02:00 GMT", "wait 120"),
        ("later", "wait 30"),
    ] {
        let header = format!("Retry-After: {value}\r\n");
        for status in [429, 503] {
            assert_eq!(name(&failure(answer(status, &header, ""))), wanted);
        }
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let other = HttpServer::start([granted("t")]);
    for status in [301, 302, 303, 307, 308] {
        let header = format!("Location: {}\r\n", other.url("/token"));
        let failure = failure(answer(status, &header, ""));
        assert_eq!(name(&failure), "mend-the-set-up");
        assert!(
            failure.sentence.contains("redirects"),
            "{}",
            failure.sentence
        );
    }
    assert_eq!(other.finish(), []);
}

#[test]
fn a_page_is_no_token() {
    let failure = failure(answer(
        200,
        "Content-Type: text/html\r\n",
        "<html>Log in</html>",
    ));
    assert_eq!(name(&failure), "mend-the-set-up");
    assert!(
        failure.sentence.contains("(text/html)"),
        "{}",
        failure.sentence
    );
}

#[test]
fn an_endless_answer_ends_at_64_kib() {
    let failure = failure(HttpAnswer::Endless);
    assert_eq!(name(&failure), "mend-the-set-up");
    assert!(
        failure.sentence.contains("more than 64 KiB"),
        "{}",
        failure.sentence
    );
}

#[test]
fn an_answer_of_64_kib_is_read() {
    let token = "t".repeat(60_000);
    let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer"}}"#);
    for (length, is_read) in [(64 * 1024, true), (64 * 1024 + 1, false)] {
        let padding = " ".repeat(length - body.len());
        let body = body.clone() + &padding;
        let server = HttpServer::start([json(200, &body)]);
        let instance = Instance::start();
        let source = instance.refresh(&server.url("/")).unwrap();
        assert_eq!(source.token().is_ok(), is_read);
        server.finish();
    }
}

#[test]
fn what_is_not_http_or_breaks_off_is_for_later() {
    for octets in [
        &b""[..],
        b"220 mail.test ESMTP\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    ] {
        let failure = failure(HttpAnswer::Octets(octets.into()));
        assert_eq!(name(&failure), "wait 30", "{}", failure.sentence);
        assert!(
            failure.sentence.contains("broke off"),
            "{}",
            failure.sentence
        );
    }
}

#[test]
fn a_silent_server_is_left() {
    let server = HttpServer::start([HttpAnswer::Silence]);
    let instance = Instance::in_a_hurry();
    let source = instance.refresh(&server.url("/")).unwrap();
    let failure = source.token().unwrap_err();
    assert_eq!(name(&failure), "wait 30");
    assert!(
        failure.sentence.contains("no answer in time"),
        "{}",
        failure.sentence
    );
    server.finish();
}

#[test]
fn a_refused_connection_is_for_later() {
    let dead = RefusingPort::start();
    let instance = Instance::start();
    let source = instance.refresh(&format!("http://127.0.0.1:{}/", dead.port()));
    let failure = source.unwrap().token().unwrap_err();
    assert_eq!(name(&failure), "wait 30");
    assert!(
        failure.sentence.contains("no connection"),
        "{}",
        failure.sentence
    );
}

#[test]
fn a_source_survives_a_failure() {
    let server = HttpServer::start([json(503, "{}"), granted("t")]);
    let instance = Instance::start();
    let source = instance.refresh(&server.url("/")).unwrap();
    source.token().unwrap_err();
    assert_eq!(source.token().unwrap(), "t");
    server.finish();
}

#[test]
fn no_secret_is_sent_in_clear_to_another_machine() {
    let instance = Instance::start();
    let failure = instance.client_credentials("http://login.test/token");
    let failure = failure.err().unwrap();
    assert_eq!(name(&failure), "mend-the-set-up");
    assert!(
        failure.sentence.contains("https:// is needed"),
        "{}",
        failure.sentence
    );
}

fn name(failure: &Failure) -> String {
    match failure.remedy {
        Remedy::AskTheUser => "ask-the-user".into(),
        Remedy::Wait(seconds) => format!("wait {seconds}"),
        Remedy::MendTheSetUp => "mend-the-set-up".into(),
    }
}

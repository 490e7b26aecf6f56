//! Answers without a token, and what to do about each.

use envoi_oauth::{Fault, Remedy, TokenSource};

use crate::support::*;

const LATER: Remedy = Remedy::Wait(30);

fn remedy(mut source: TokenSource, code: &str) -> Remedy {
    let failure = ask(&mut source, at(0), refused(code, "Why.")).unwrap_err();
    assert_eq!(failure.code.as_deref(), Some(code));
    let said = format!("the server answered {code} (400): Why.; ");
    assert!(failure.sentence.starts_with(&said), "{failure}");
    failure.remedy
}

#[test]
fn a_refresh_token_that_has_ended_needs_the_person() {
    assert_eq!(
        remedy(by_refresh_token(), "invalid_grant"),
        Remedy::AskTheUser
    );
    for code in [
        "interaction_required",
        "login_required",
        "consent_required",
        "access_denied",
    ] {
        assert_eq!(
            remedy(by_refresh_token(), code),
            Remedy::AskTheUser,
            "{code}"
        );
    }
}

#[test]
fn codes_of_the_registration_are_faults_of_the_set_up() {
    for code in [
        "invalid_client",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "invalid_request",
        "some_code_of_the_servers_own",
    ] {
        assert_eq!(
            remedy(by_refresh_token(), code),
            Remedy::MendTheSetUp,
            "{code}"
        );
    }
    assert_eq!(
        remedy(by_client_credentials(), "invalid_grant"),
        Remedy::MendTheSetUp
    );
}

#[test]
fn codes_of_temporary_faults_are_for_later() {
    for code in ["temporarily_unavailable", "server_error", "slow_down"] {
        assert_eq!(remedy(by_refresh_token(), code), LATER, "{code}");
    }
}

#[test]
fn a_status_that_says_later_wins_over_any_body() {
    for status in [408, 429, 500, 502, 503, 504, 599] {
        for body in ["", "<html>", r#"{"error":"invalid_grant"}"#] {
            let mut source = by_refresh_token();
            let failure = ask(&mut source, at(0), answer(status, body)).unwrap_err();
            assert_eq!(failure.remedy, LATER, "{status} {body}");
        }
    }
}

#[test]
fn retry_after_is_in_seconds_or_a_date() {
    for (value, seconds) in [("7", 7), ("Sun, 29 Nov 2026 09:01:40 GMT", 100)] {
        let mut answer = answer(429, "");
        answer.retry_after = Some(value.into());
        let failure = ask(&mut by_client_credentials(), at(0), answer).unwrap_err();
        assert_eq!(failure.remedy, Remedy::Wait(seconds));
        assert_eq!(
            failure.sentence,
            format!(
                "the server answered 429 without an error code (application/json); ask again in {seconds} seconds, \
                 and with growing pauses"
            )
        );
    }
}

#[test]
fn a_success_without_a_token_is_a_fault_of_the_set_up() {
    for (status, body, words) in [
        (200, "<html>Log in</html>", "that is no token"),
        (200, "", "that is no token"),
        (200, "{}", "that is no token"),
        (200, "[1]", "that is no token"),
        (200, "{\"access_token\":\"t\"", "that is no token"),
        (200, r#"{"access_token":"t"}"#, "that is no token"),
        (
            200,
            r#"{"access_token":7,"token_type":"Bearer"}"#,
            "that is no token",
        ),
        (200, r#"{"access_token":"","token_type":"Bearer"}"#, "empty"),
        (
            200,
            r#"{"access_token":"a\u0001b","token_type":"Bearer"}"#,
            "no token has",
        ),
        (
            200,
            r#"{"access_token":"a b","token_type":"Bearer"}"#,
            "no token has",
        ),
        (
            200,
            r#"{"access_token":"t","token_type":"DPoP"}"#,
            "no bearer token",
        ),
        (
            200,
            r#"{"access_token":"t","token_type":7}"#,
            "no bearer token",
        ),
    ] {
        is_a_fault_of_the_set_up(status, body, words);
    }
}

#[test]
fn a_status_without_an_error_code_is_a_fault_of_the_set_up() {
    for (status, body, words) in [
        (301, "", "redirects are not followed"),
        (307, "", "redirects are not followed"),
        (404, "", "no token endpoint"),
        (405, "", "no token endpoint"),
        (400, "", "the right client"),
        (401, "<html>", "the right client"),
        (400, r#"{"error":{"code":400}}"#, "the right client"),
    ] {
        is_a_fault_of_the_set_up(status, body, words);
    }
}

fn is_a_fault_of_the_set_up(status: u16, body: &str, words: &str) {
    let mut source = by_refresh_token();
    let failure = ask(&mut source, at(0), answer(status, body)).unwrap_err();
    assert_eq!(failure.remedy, Remedy::MendTheSetUp, "{status} {body}");
    assert_eq!(failure.code, None);
    assert!(
        failure.sentence.contains(words),
        "{status} {body}: {failure}"
    );
    assert_eq!(source.token(at(0)), None);
}

#[test]
fn a_page_is_named_by_its_type() {
    let mut page = answer(200, "<html>");
    page.content_type = Some("text/html; charset=utf-8".into());
    let failure = ask(&mut by_refresh_token(), at(0), page).unwrap_err();
    assert!(failure.sentence.contains("(text/html)"), "{failure}");
    let mut untyped = answer(200, "");
    untyped.content_type = None;
    let failure = ask(&mut by_refresh_token(), at(0), untyped).unwrap_err();
    assert!(failure.sentence.contains("(no content type)"), "{failure}");
}

#[test]
fn an_error_with_the_status_200_is_one() {
    let answer = answer(200, r#"{"error":"invalid_grant"}"#);
    let failure = ask(&mut by_refresh_token(), at(0), answer).unwrap_err();
    assert_eq!(failure.remedy, Remedy::AskTheUser);
    assert_eq!(failure.code.as_deref(), Some("invalid_grant"));
}

#[test]
fn a_request_without_an_answer_has_advice_too() {
    for (fault, remedy, words) in [
        (Fault::Denied, Remedy::MendTheSetUp, "grant it wasi:http"),
        (Fault::Lookup, LATER, "the name was not found"),
        (Fault::Connect, LATER, "no connection"),
        (Fault::Tls, Remedy::MendTheSetUp, "certificate"),
        (Fault::TimedOut, LATER, "no answer in time"),
        (Fault::TooLong, Remedy::MendTheSetUp, "more than 64 KiB"),
        (
            Fault::Broken("it is not HTTP".into()),
            LATER,
            "it is not HTTP",
        ),
    ] {
        let failure = ask_for(&mut by_refresh_token(), at(0), Err(fault)).unwrap_err();
        assert_eq!(failure.remedy, remedy);
        assert!(failure.sentence.starts_with("login.test: "), "{failure}");
        assert!(failure.sentence.contains(words), "{failure}");
    }
}

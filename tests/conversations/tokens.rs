//! AUTH without a password: OAuth 2.0 tokens and client certificates.

use envoi::sasl::{Bearer, Credentials};
use envoi::smtp::config::{InitialResponse, Security};
use envoi::smtp::error::Error;
use envoi::smtp::session::Action;

use crate::conversation::{Setup, both_ways, setup};

/// RFC 7628, section 4.1.
const OAUTHBEARER: &str = "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB";
/// RFC 7628, section 4.4.
const INVALID_TOKEN: &str = "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NoZW1lcyI6ImJlYXJlciBtYWMiLCJzY29wZSI6Imh0dHBzOi8vbWFpbC5leGFtcGxlLmNvbS8ifQ==";
/// Google's documentation.
const XOAUTH2: &str = "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==";
const STATUS_401: &str = "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIG1hYyIsInNjb3BlIjoiaHR0cHM6Ly9tYWlsLmdvb2dsZS5jb20vIn0K";

fn with(credentials: Credentials) -> Setup {
    Setup {
        security: Security::ImplicitTls,
        credentials: Some(credentials),
        ..setup()
    }
}

fn bearer(username: &str, token: &str) -> Setup {
    with(Credentials::Bearer(Bearer {
        username: username.into(),
        token: token.into(),
    }))
}

fn example_of_rfc_7628() -> Setup {
    bearer(
        "user@example.com",
        "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
    )
}

fn example_of_google() -> Setup {
    bearer(
        "someuser@example.com",
        "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg",
    )
}

fn external(identity: Option<&str>) -> Setup {
    with(Credentials::External(identity.map(String::from)))
}

fn hello(offered: &str) -> String {
    format!("S: 220 x\nC: EHLO client.test\nS: 250-x\nS: 250 AUTH {offered}\n")
}

fn refused_lines(error: Error) -> Vec<String> {
    match error {
        Error::AuthRefused(reply, _) if reply.code == 535 => reply.lines,
        error => panic!("{error:?}"),
    }
}

#[test]
fn oauthbearer_takes_one_line() {
    both_ways(example_of_rfc_7628, |talk| {
        let hello = hello("LOGIN PLAIN XOAUTH2 OAUTHBEARER");
        let done = talk.expect_ok(&format!(
            "{hello}C: AUTH OAUTHBEARER {OAUTHBEARER}\nS: 235 Authentication successful."
        ));
        assert_eq!(done, Action::Idle);
    });
}

#[test]
fn xoauth2_takes_one_line() {
    both_ways(example_of_google, |talk| {
        let hello = hello("LOGIN PLAIN XOAUTH2");
        talk.expect_ok(&format!(
            "{hello}C: AUTH XOAUTH2 {XOAUTH2}\nS: 235 2.7.0 Accepted"
        ));
    });
}

// Conformance: 52
#[test]
fn a_refused_oauthbearer_carries_the_servers_json() {
    both_ways(example_of_rfc_7628, |talk| {
        let hello = hello("OAUTHBEARER XOAUTH2");
        let error = talk.expect_err(&format!(
            "{hello}C: AUTH OAUTHBEARER {OAUTHBEARER}
             S: 334 {INVALID_TOKEN}
             C: AQ==
             S: 535-5.7.1 Username and Password not accepted. Learn more at
             S: 535 5.7.1 http://support.example.com/mail/oauth"
        ));
        assert_eq!(
            refused_lines(error),
            [
                "5.7.1 Username and Password not accepted. Learn more at",
                "5.7.1 http://support.example.com/mail/oauth",
                r#"{"status":"invalid_token","schemes":"bearer mac","scope":"https://mail.example.com/"}"#,
            ]
        );
        assert!(talk.session.is_open());
    });
}

// Conformance: 52
#[test]
fn a_refused_xoauth2_carries_the_servers_json() {
    both_ways(example_of_google, |talk| {
        let hello = hello("XOAUTH2");
        let error = talk.expect_err(&format!(
            "{hello}C: AUTH XOAUTH2 {XOAUTH2}
             S: 334 {STATUS_401}
             C: \nS: 535 5.7.8 no"
        ));
        assert_eq!(
            refused_lines(error),
            [
                "5.7.8 no",
                r#"{"status":"401","schemes":"bearer mac","scope":"https://mail.google.com/"}"#
            ]
        );
    });
}

#[test]
fn xoauth2_follows_if_the_server_does_not_know_oauthbearer() {
    both_ways(example_of_google, |talk| {
        let hello = hello("OAUTHBEARER XOAUTH2");
        let initial = talk.expect_ok(&hello);
        assert_eq!(initial, Action::NeedReply);
        assert!(talk.said().starts_with("AUTH OAUTHBEARER "));
        talk.expect_ok(&format!(
            "S: 504 5.5.4 no such mechanism\nC: AUTH XOAUTH2 {XOAUTH2}\nS: 235 welcome"
        ));
    });
}

// Conformance: 46
#[test]
fn a_token_too_long_for_the_line_waits_for_334() {
    let token = "x".repeat(2000);
    both_ways(
        || bearer("user", &token),
        |talk| {
            let hello = hello("XOAUTH2");
            talk.expect_ok(&format!("{hello}C: AUTH XOAUTH2\nS: 334 "));
            assert!(talk.said().len() > 2000);
            talk.expect_ok("S: 235 welcome");
        },
    );
}

// Conformance: 45
#[test]
fn external_sends_the_identity_or_an_equals_sign() {
    for (identity, initial) in [
        (None, "="),
        (Some(""), "="),
        (Some("ann@example.org"), "YW5uQGV4YW1wbGUub3Jn"),
    ] {
        both_ways(
            || external(identity),
            |talk| {
                let hello = hello("PLAIN EXTERNAL");
                talk.expect_ok(&format!(
                    "{hello}C: AUTH EXTERNAL {initial}\nS: 235 welcome"
                ));
            },
        );
    }
}

// Conformance: 45
#[test]
fn external_answers_334_with_an_empty_line() {
    let setup = || Setup {
        initial_response: InitialResponse::Never,
        ..external(None)
    };
    both_ways(setup, |talk| {
        let hello = hello("EXTERNAL");
        talk.expect_ok(&format!(
            "{hello}C: AUTH EXTERNAL\nS: 334 \nC: \nS: 235 welcome"
        ));
    });
}

// Conformance: 48
#[test]
fn tokens_and_external_need_tls_except_to_loopback() {
    for credentials in [example_of_google().credentials, external(None).credentials] {
        let setup = |is_loopback| Setup {
            credentials: credentials.clone(),
            is_loopback,
            ..setup()
        };
        let hello = hello("OAUTHBEARER XOAUTH2 EXTERNAL");
        both_ways(
            || setup(false),
            |talk| {
                assert_eq!(talk.expect_err(&hello), Error::AuthNeedsTls);
                assert_eq!(talk.said(), "");
            },
        );
        both_ways(
            || setup(true),
            |talk| {
                talk.expect_ok(&hello);
                assert!(talk.said().starts_with("AUTH "));
            },
        );
    }
}

#[test]
fn token_and_certificate_mechanisms_are_not_used_for_a_password() {
    both_ways(
        || crate::conversation::setup_with_password("secret"),
        |talk| {
            let error = talk.expect_err(&hello("OAUTHBEARER XOAUTH2 EXTERNAL"));
            assert!(matches!(error, Error::AuthUnavailable(offered) if offered.len() == 3));
        },
    );
}

#[test]
fn the_transcript_holds_no_token() {
    both_ways(example_of_google, |talk| {
        let hello = hello("XOAUTH2");
        talk.expect_ok(&format!(
            "{hello}C: AUTH XOAUTH2 {XOAUTH2}\nS: 334 {STATUS_401}"
        ));
        let transcript = talk.transcript();
        assert!(
            transcript.contains("Client: AUTH XOAUTH2 <hidden>\n"),
            "{transcript}"
        );
        assert!(!transcript.contains(&XOAUTH2[..20]) && !transcript.contains("ya29"));
    });
}

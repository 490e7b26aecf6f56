//! AUTH by PLAIN, LOGIN and CRAM-MD5, and the rules for every mechanism.

use envoi::sasl::{Bearer, Credentials, Mechanism};
use envoi::smtp::config::{ConnectUntil, InitialResponse, Security};
use envoi::smtp::error::{Error, Phase};
use envoi::smtp::session::Action;

use crate::conversation::{Setup, both_ways, setup, setup_with_password};

const HELLO: &str = "S: 220 x\nC: EHLO client.test\n";

fn secret() -> Setup {
    setup_with_password("secret")
}

fn only(mechanism: Mechanism) -> Setup {
    Setup {
        mechanisms: vec![mechanism],
        ..secret()
    }
}

// Conformance: 48
#[test]
fn plain_takes_one_line() {
    both_ways(secret, |talk| {
        let script = format!(
            "{HELLO}
             S: 250-x
             S: 250 AUTH LOGIN PLAIN
             C: AUTH PLAIN AHVzZXIAc2VjcmV0
             S: 235 2.7.0 welcome"
        );
        assert_eq!(talk.expect_ok(&script), Action::Idle);
    });
}

#[test]
fn login_answers_two_challenges_whatever_they_say() {
    both_ways(
        || only(Mechanism::LOGIN),
        |talk| {
            let script = format!(
                "{HELLO}
             S: 250-x
             S: 250 AUTH=LOGIN
             C: AUTH LOGIN
             S: 334 VXNlcm5hbWU6
             C: dXNlcg==
             S: 334 d2hhdD8=
             C: c2VjcmV0
             S: 235 welcome"
            );
            assert_eq!(talk.expect_ok(&script), Action::Idle);
        },
    );
}

// Conformance: 47
#[test]
fn the_text_of_login_prompts_is_ignored() {
    for prompt in ["Username:", "%%%", "", "VXNlcm5hbWU6=", "AA=A"] {
        both_ways(
            || only(Mechanism::LOGIN),
            |talk| {
                talk.expect_ok(&format!(
                    "{HELLO}S: 250-x\nS: 250 AUTH LOGIN
                     C: AUTH LOGIN
                     S: 334 {prompt}
                     C: dXNlcg==
                     S: 334 {prompt}
                     C: c2VjcmV0
                     S: 235 welcome"
                ));
            },
        );
    }
}

// Conformance: 47
#[test]
fn the_text_of_a_challenge_that_asks_for_the_initial_response_is_ignored() {
    let external = Credentials::External(None);
    for (credentials, auth, answer) in [
        (secret().credentials, "AUTH PLAIN", "AHVzZXIAc2VjcmV0"),
        (Some(external), "AUTH EXTERNAL", ""),
    ] {
        let setup = || Setup {
            credentials: credentials.clone(),
            initial_response: InitialResponse::Never,
            ..secret()
        };
        both_ways(setup, |talk| {
            talk.expect_ok(&format!(
                "{HELLO}S: 250-x\nS: 250 AUTH PLAIN EXTERNAL\nC: {auth}\nS: 334 go ahead!
                 C: {answer}\nS: 235 welcome"
            ));
        });
    }
}

// Conformance: 47
#[test]
fn an_exchange_is_cancelled_if_a_challenge_that_the_answer_needs_is_not_base64() {
    let setup = |mechanism| Setup {
        initial_response: InitialResponse::Auto,
        ..only(mechanism)
    };
    let token = || Setup {
        credentials: Some(Credentials::Bearer(Bearer {
            username: "user".into(),
            token: "token".into(),
        })),
        ..setup(Mechanism::XOAUTH2)
    };
    for (setup, name) in [
        (setup(Mechanism::CRAM_MD5), "CRAM-MD5"),
        (setup(Mechanism::SCRAM_SHA_256), "SCRAM-SHA-256"),
        (token(), "XOAUTH2"),
    ] {
        let (credentials, mechanisms) = (setup.credentials, setup.mechanisms);
        let setup = || Setup {
            credentials: credentials.clone(),
            mechanisms: mechanisms.clone(),
            ..secret()
        };
        both_ways(setup, |talk| {
            talk.expect_ok(&format!("{HELLO}S: 250-x\nS: 250 AUTH {name}"));
            talk.session.next_action().unwrap();
            assert!(talk.said().starts_with(&format!("AUTH {name}")));
            let error = talk.expect_err("S: 334 %%%\nC: *\nS: 501 cancelled");
            assert!(
                matches!(error, Error::Protocol(Phase::Auth, _)),
                "{error:?}"
            );
        });
    }
}

#[test]
fn cram_md5_answers_the_challenge_of_its_rfc() {
    let setup = || {
        let mut setup = only(Mechanism::CRAM_MD5);
        if let Some(Credentials::Password(credentials)) = &mut setup.credentials {
            credentials.username = "tim".into();
            credentials.password = "tanstaaftanstaaf".into();
        }
        setup
    };
    both_ways(setup, |talk| {
        let script = format!(
            "{HELLO}
             S: 250-x
             S: 250 AUTH CRAM-MD5
             C: AUTH CRAM-MD5
             S: 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+
             C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw
             S: 235 welcome"
        );
        assert_eq!(talk.expect_ok(&script), Action::Idle);
    });
}

// Conformance: 11, 46
#[test]
fn an_initial_response_that_is_too_long_for_a_line_waits_for_334() {
    both_ways(
        || setup_with_password(&"x".repeat(400)),
        |talk| {
            talk.expect_ok(&format!(
                "{HELLO}S: 250-x\nS: 250 AUTH PLAIN\nC: AUTH PLAIN\nS: 334 "
            ));
            talk.session.next_action().unwrap();
            assert!(talk.said().len() > 512);
            assert_eq!(talk.expect_ok("S: 235 welcome"), Action::Idle);
        },
    );
}

// Conformance: 22
#[test]
fn a_wrong_password_is_a_rejection_that_keeps_the_reply() {
    both_ways(secret, |talk| {
        let error = talk.expect_err(&format!(
            "{HELLO}S: 250-x\nS: 250 AUTH PLAIN\nC: AUTH PLAIN AHVzZXIAc2VjcmV0\nS: 535 5.7.8 wrong"
        ));
        let Error::AuthRefused(reply, tried) = error else {
            panic!("{error:?}")
        };
        assert_eq!(tried, [Mechanism::PLAIN]);
        assert_eq!(
            (reply.code, reply.lines),
            (535, vec!["5.7.8 wrong".to_string()])
        );
    });
}

// Conformance: 45, 47
#[test]
fn a_challenge_that_cannot_be_answered_is_cancelled() {
    for challenge in ["not base64!", "AAAA"] {
        both_ways(secret, |talk| {
            let error = talk.expect_err(&format!(
                "{HELLO}S: 250-x\nS: 250 AUTH PLAIN\nC: AUTH PLAIN AHVzZXIAc2VjcmV0\nS: 334 {challenge}\nC: *\nS: 501 cancelled"
            ));
            assert!(
                matches!(error, Error::Protocol(Phase::Auth, _)),
                "{error:?}"
            );
        });
    }
}

// Conformance: 44
#[test]
fn the_error_names_the_mechanisms_that_the_server_offers() {
    both_ways(secret, |talk| {
        let error = talk.expect_err(&format!("{HELLO}S: 250-x\nS: 250 AUTH GSSAPI NTLM"));
        assert_eq!(
            error,
            Error::AuthUnavailable(vec!["GSSAPI".into(), "NTLM".into()])
        );
    });
}

// Conformance: 48
#[test]
fn credentials_are_not_sent_in_clear() {
    both_ways(
        || Setup {
            security: Security::Plaintext,
            ..secret()
        },
        |talk| {
            assert_eq!(
                talk.expect_err(&format!("{HELLO}S: 250-x\nS: 250 AUTH PLAIN")),
                Error::AuthNeedsTls
            );
            assert_eq!(talk.said(), "");
        },
    );
}

// Conformance: 48
#[test]
fn credentials_are_sent_in_clear_to_loopback() {
    both_ways(
        || Setup {
            security: Security::Plaintext,
            is_loopback: true,
            ..secret()
        },
        |talk| {
            talk.expect_ok(&format!(
                "{HELLO}S: 250-x\nS: 250 AUTH PLAIN\nC: AUTH PLAIN AHVzZXIAc2VjcmV0"
            ));
        },
    );
}

// Conformance: 40, 44
#[test]
fn mechanisms_learned_before_starttls_are_forgotten() {
    both_ways(
        || Setup {
            security: Security::StartTls,
            ..secret()
        },
        |talk| {
            talk.expect_ok(&format!(
                "{HELLO}S: 250-x\nS: 250-AUTH PLAIN\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go"
            ));
            talk.session.secured(None).unwrap();
            let error = talk.expect_err("C: EHLO client.test\nS: 250 x");
            assert_eq!(error, Error::AuthUnavailable(vec![]));
        },
    );
}

#[test]
fn the_transcript_holds_no_credentials() {
    both_ways(
        || only(Mechanism::LOGIN),
        |talk| {
            talk.expect_ok(&format!(
            "{HELLO}S: 250-x\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 \nC: dXNlcg==\nS: 334 \nC: c2VjcmV0\nS: 235 ok"
        ));
            let transcript = talk.transcript();
            assert!(
                transcript.contains("Client: AUTH LOGIN\n")
                    && transcript.contains("Client: <hidden>\n"),
                "{transcript}"
            );
            assert!(
                !transcript.contains("c2VjcmV0") && !transcript.contains("dXNlcg"),
                "{transcript}"
            );
        },
    );
    both_ways(secret, |talk| {
        talk.expect_ok(&format!(
            "{HELLO}S: 250-x\nS: 250 AUTH PLAIN\nC: AUTH PLAIN AHVzZXIAc2VjcmV0"
        ));
        let transcript = talk.transcript();
        assert!(
            transcript.ends_with("Client: AUTH PLAIN <hidden>\n"),
            "{transcript}"
        );
    });
}

#[test]
fn rset_is_still_due_after_auth() {
    let inside_tls = || Setup {
        security: Security::ImplicitTls,
        until: ConnectUntil::Greeting,
        ..setup_with_password("secret")
    };
    for answer in ["235 welcome", "535 no"] {
        both_ways(inside_tls, |talk| {
            talk.expect_ok("S: 220 mail.test");
            talk.session.hello(None).unwrap();
            talk.expect_ok("C: EHLO client.test\nS: 250-mail.test\nS: 250 AUTH PLAIN");
            talk.deliver_to(&["b@mail.test"]);
            talk.expect_ok("C: MAIL FROM:<a@client.test>\nS: 250 ok\nC: RCPT TO:<b@mail.test>");
            talk.expect_err("S: 550 5.7.1 authenticate first");
            talk.session
                .auth_start("PLAIN", Some(b"\0user\0secret"))
                .unwrap();
            let _ = talk.run(&format!("C: AUTH PLAIN AHVzZXIAc2VjcmV0\nS: {answer}"));
            talk.deliver_to(&["b@mail.test"]);
            talk.expect_ok("C: RSET\nS: 250 ok\nC: MAIL FROM:<a@client.test>");
        });
    }
}

#[test]
fn starttls_forgets_that_the_session_was_authenticated() {
    let loopback = || Setup {
        is_loopback: true,
        until: ConnectUntil::Greeting,
        ..setup()
    };
    both_ways(loopback, |talk| {
        talk.expect_ok("S: 220 mail.test");
        talk.session.hello(None).unwrap();
        let offer = "S: 250-mail.test\nS: 250-STARTTLS\nS: 250 AUTH PLAIN";
        talk.expect_ok(&format!("C: EHLO client.test\n{offer}"));
        talk.session
            .auth_start("PLAIN", Some(b"\0user\0secret"))
            .unwrap();
        talk.expect_ok("C: AUTH PLAIN AHVzZXIAc2VjcmV0\nS: 235 welcome");
        talk.session.start_tls().unwrap();
        talk.expect_ok("C: STARTTLS\nS: 220 go");
        talk.session.secured(None).unwrap();
        talk.session.hello(None).unwrap();
        talk.expect_ok(&format!("C: EHLO client.test\n{offer}"));
        talk.session
            .auth_start("PLAIN", Some(b"\0user\0secret"))
            .unwrap();
    });
}

//! AUTH with a custom mechanism of the caller (RFC 4954, section 4).

use envoi::smtp::config::Security;
use envoi::smtp::error::Error;
use envoi::smtp::session::Action;

use crate::conversation::{Conversation, Setup, both_ways, setup};
use crate::steps::in_a_transaction;

/// Octets of a response (RFC 4954, section 4).
const MAX_RESPONSE: usize = 12_288;

fn inside_tls() -> Setup {
    Setup {
        security: Security::ImplicitTls,
        ..setup()
    }
}

fn challenged(talk: &mut Conversation) {
    talk.open(&["AUTH X-OWN"]);
    talk.session.auth_start("X-OWN", None).unwrap();
    talk.expect_ok("C: AUTH X-OWN\nS: 334 ");
    assert!(talk.session.is_challenged());
}

// Conformance: 45
#[test]
fn an_empty_initial_response_is_an_equals_sign_and_an_empty_response_an_empty_line() {
    both_ways(inside_tls, |talk| {
        talk.open(&["AUTH X-OWN"]);
        talk.session.auth_start("X-OWN", Some(b"")).unwrap();
        talk.expect_ok("C: AUTH X-OWN =\nS: 334 ");
        talk.session.auth_respond(b"").unwrap();
        talk.session.next_action().unwrap();
        assert_eq!(talk.said(), "\r\n");
        assert_eq!(talk.expect_ok("S: 235 2.7.0 welcome"), Action::Idle);
    });
}

// Conformance: 45, 49
#[test]
fn an_asterisk_cancels_an_exchange_and_another_may_follow() {
    both_ways(inside_tls, |talk| {
        challenged(talk);
        talk.session.auth_cancel().unwrap();
        assert_eq!(talk.expect_ok("C: *\nS: 501 5.7.0 cancelled"), Action::Idle);
        assert_eq!(talk.session.take_answer().unwrap().code, 501);
        talk.session.auth_start("X-OWN", Some(b"secret")).unwrap();
        talk.expect_ok("C: AUTH X-OWN c2VjcmV0\nS: 235 ok");
    });
}

// Conformance: 46
#[test]
fn a_response_may_have_12288_octets() {
    both_ways(inside_tls, |talk| {
        challenged(talk);
        talk.session
            .auth_respond(&vec![b'x'; MAX_RESPONSE / 4 * 3])
            .unwrap();
        talk.session.next_action().unwrap();
        assert_eq!(talk.said().len(), MAX_RESPONSE + 2);
        assert_eq!(talk.expect_ok("S: 235 ok"), Action::Idle);
    });
}

// Conformance: 44
#[test]
fn auth_is_refused_within_a_transaction() {
    both_ways(inside_tls, |talk| {
        talk.open(&["AUTH X-OWN"]);
        in_a_transaction(talk);
        let early = talk.session.auth_start("X-OWN", None);
        assert!(matches!(early, Err(Error::WrongState(_))), "{early:?}");
    });
}

// Conformance: 49
#[test]
fn each_code_of_a_refusal_is_returned() {
    for code in [432, 454, 530, 534, 535, 538] {
        both_ways(inside_tls, |talk| {
            talk.open(&["AUTH X-OWN"]);
            talk.session.auth_start("X-OWN", None).unwrap();
            let error = talk.expect_err(&format!("C: AUTH X-OWN\nS: {code} no"));
            assert!(
                matches!(&error, Error::AuthRefused(reply, tried) if reply.code == code && tried.is_empty()),
                "{error:?}"
            );
            talk.session.noop().unwrap();
            talk.expect_ok("C: NOOP\nS: 250 ok");
        });
    }
}

// Conformance: 44
#[test]
fn a_second_auth_is_refused() {
    both_ways(inside_tls, |talk| {
        talk.open(&["AUTH X-OWN"]);
        talk.session.auth_start("X-OWN", None).unwrap();
        talk.expect_ok("C: AUTH X-OWN\nS: 235 ok");
        let again = talk.session.auth_start("X-OWN", None);
        assert!(matches!(again, Err(Error::WrongState(_))), "{again:?}");
    });
}

// Conformance: 44
#[test]
fn a_mechanism_that_is_not_offered_is_not_tried() {
    both_ways(inside_tls, |talk| {
        talk.open(&["AUTH PLAIN LOGIN"]);
        let error = talk.session.auth_start("X-OWN", None).unwrap_err();
        let offered = vec!["PLAIN".to_string(), "LOGIN".to_string()];
        assert_eq!(error, Error::AuthUnavailable(offered));
    });
}

// Conformance: 46
#[test]
fn a_challenge_may_have_12288_octets() {
    both_ways(inside_tls, |talk| {
        challenged(talk);
        talk.session.auth_respond(b"").unwrap();
        talk.session.next_action().unwrap();
        talk.said();
        let challenge = "QUFB".repeat(MAX_RESPONSE / 4);
        talk.expect_ok(&format!("S: 334 {challenge}"));
        assert!(talk.session.is_challenged());
    });
}

// Conformance: 46
#[test]
fn the_caller_decides_whether_the_initial_response_is_sent_with_auth() {
    use envoi::smtp::config::InitialResponse;
    let setup = |initial_response, password: &str| Setup {
        initial_response,
        mechanisms: vec![envoi::sasl::Mechanism::PLAIN],
        ..crate::conversation::setup_with_password(password)
    };
    both_ways(
        || setup(InitialResponse::Never, "secret"),
        |talk| {
            talk.expect_ok(
                "S: 220 x\nC: EHLO client.test\nS: 250-x\nS: 250 AUTH PLAIN\nC: AUTH PLAIN",
            );
            talk.expect_ok("S: 334 \nC: AHVzZXIAc2VjcmV0\nS: 235 ok");
        },
    );
    both_ways(
        || setup(InitialResponse::Always, &"x".repeat(600)),
        |talk| {
            talk.expect_ok("S: 220 x\nC: EHLO client.test\nS: 250-x\nS: 250 AUTH PLAIN");
            talk.session.next_action().unwrap();
            assert!(talk.said().len() > 600);
        },
    );
}

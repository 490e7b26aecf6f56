//! Greeting, EHLO and HELO, STARTTLS.

use envoi::smtp::config::{ConnectUntil, Security};
use envoi::smtp::error::{Error, Phase, TlsFailure};
use envoi::smtp::local_name::LocalName;
use envoi::smtp::session::Action;

use crate::conversation::{Setup, both_ways, setup};

fn starttls() -> Setup {
    Setup {
        security: Security::StartTls,
        ..setup()
    }
}

fn opportunistic() -> Setup {
    Setup {
        security: Security::Opportunistic,
        ..setup()
    }
}

// Conformance: 2, 6
#[test]
fn the_client_waits_for_the_greeting_and_says_ehlo() {
    both_ways(setup, |talk| {
        assert_eq!(talk.expect_ok(""), Action::NeedReply);
        assert_eq!(talk.said(), "");
        let end = talk.expect_ok(
            "S: 220-mail.test
             S: 220 ready
             C: EHLO client.test
             S: 250 mail.test",
        );
        assert_eq!(end, Action::Idle);
    });
}

// Conformance: 25
#[test]
fn quit_is_possible_after_a_greeting_that_refuses() {
    both_ways(setup, |talk| {
        let error = talk.expect_err("S: 554 5.3.2 no service here");
        assert!(
            matches!(&error, Error::Rejected(Phase::Greeting, reply) if reply.code == 554),
            "{error:?}"
        );
        talk.session.quit().unwrap();
        talk.expect_ok(
            "C: QUIT
             S: 221 bye",
        );
        assert!(!talk.session.is_open());
    });
}

// Conformance: 7
#[test]
fn only_220_is_a_greeting() {
    for code in [200, 221, 250, 299] {
        both_ways(setup, |talk| {
            let error = talk.expect_err(&format!("S: {code} welcome"));
            assert!(
                matches!(&error, Error::Protocol(Phase::Greeting, what)
                    if what.contains(&code.to_string()) && what.contains("220")),
                "{error:?}"
            );
            assert!(!talk.session.is_open());
            assert_eq!(talk.said(), "");
        });
    }
}

// Conformance: 25
#[test]
fn a_greeting_that_refuses_for_now_is_a_rejection() {
    both_ways(setup, |talk| {
        let error = talk.expect_err("S: 450 4.3.2 later");
        assert!(
            matches!(&error, Error::Rejected(Phase::Greeting, reply) if reply.code == 450),
            "{error:?}"
        );
    });
}

// Conformance: 3
#[test]
fn helo_follows_if_ehlo_is_not_understood() {
    for code in [500, 501, 502, 504, 550] {
        both_ways(setup, |talk| {
            let script = format!(
                "S: 220 old.test
                 C: EHLO client.test
                 S: {code} what?
                 C: HELO client.test
                 S: 250 old.test"
            );
            assert_eq!(talk.expect_ok(&script), Action::Idle);
        });
    }
}

// Conformance: 3, 23
#[test]
fn helo_does_not_follow_a_421_and_the_session_ends() {
    both_ways(setup, |talk| {
        let error = talk.expect_err("S: 220 mail.test\nC: EHLO client.test\nS: 421 4.3.2 closing");
        assert!(
            matches!(&error, Error::Rejected(Phase::Hello, reply) if reply.code == 421),
            "{error:?}"
        );
        assert!(!talk.session.is_open());
    });
}

// Conformance: 3, 14
#[test]
fn no_extension_is_used_after_helo() {
    both_ways(setup, |talk| {
        talk.expect_ok("S: 220 x\nC: EHLO client.test\nS: 502 no\nC: HELO client.test\nS: 250-x\nS: 250 PIPELINING");
        talk.deliver_to(&["b@mail.test"]);
        talk.expect_ok(
            "C: MAIL FROM:<a@client.test>\nS: 250 ok\nC: RCPT TO:<b@mail.test>\nS: 250 ok\nC: DATA",
        );
    });
}

// Conformance: 7
#[test]
fn a_reply_that_is_not_smtp_is_a_protocol_error_of_its_phase() {
    both_ways(setup, |talk| {
        let error = talk.expect_err("S: HTTP/1.1 400 Bad Request");
        assert!(
            matches!(&error, Error::Protocol(Phase::Greeting, _)),
            "{error:?}"
        );
        assert!(!talk.session.is_open());
    });
}

// Conformance: 7
#[test]
fn a_reply_of_the_wrong_kind_is_a_protocol_error() {
    both_ways(setup, |talk| {
        let error = talk.expect_err("S: 220 x\nC: EHLO client.test\nS: 354 go ahead");
        assert!(
            matches!(&error, Error::Protocol(Phase::Hello, _)),
            "{error:?}"
        );
    });
}

// Conformance: 39, 40
#[test]
fn starttls_forgets_all_that_came_before() {
    both_ways(starttls, |talk| {
        let step = talk.expect_ok(
            "S: 220 mail.test
             C: EHLO client.test
             S: 250-mail.test
             S: 250-PIPELINING
             S: 250 STARTTLS
             C: STARTTLS
             S: 220 go ahead",
        );
        assert_eq!(step, Action::NeedTls);
        talk.session.secured(None).unwrap();
        assert_eq!(
            talk.expect_ok("C: EHLO client.test\nS: 250 mail.test"),
            Action::Idle
        );
        talk.deliver_to(&["b@mail.test"]);
        talk.expect_ok("C: MAIL FROM:<a@client.test>");
    });
}

// Conformance: 5
#[test]
fn starttls_is_found_in_any_case() {
    both_ways(starttls, |talk| {
        talk.expect_ok("S: 220 x\nC: EHLO client.test\nS: 250-x\nS: 250 StartTLS\nC: STARTTLS");
    });
}

// Conformance: 42
#[test]
fn starttls_that_is_not_offered_is_an_error_not_a_fallback() {
    both_ways(starttls, |talk| {
        let error = talk.expect_err("S: 220 x\nC: EHLO client.test\nS: 250-x\nS: 250 PIPELINING");
        assert_eq!(error, Error::StartTlsUnavailable);
    });
}

// Conformance: 42
#[test]
fn starttls_that_is_refused_is_an_error_not_a_fallback() {
    both_ways(starttls, |talk| {
        let error = talk.expect_err(
            "S: 220 x\nC: EHLO client.test\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 not now",
        );
        assert!(
            matches!(&error, Error::Rejected(Phase::StartTls, reply) if reply.code == 454),
            "{error:?}"
        );
    });
}

// Conformance: 39, 42
#[test]
fn only_220_starts_tls_and_no_other_success_goes_on_in_clear() {
    for setup in [starttls as fn() -> Setup, opportunistic] {
        for code in [200, 221, 235, 250] {
            both_ways(setup, |talk| {
                let error = talk.expect_err(&format!(
                    "S: 220 x
                     C: EHLO client.test
                     S: 250-x
                     S: 250 STARTTLS
                     C: STARTTLS
                     S: {code} fine"
                ));
                assert!(
                    matches!(&error, Error::Protocol(Phase::StartTls, what)
                        if what.contains(&code.to_string()) && what.contains("220")),
                    "{error:?}"
                );
                assert!(!talk.session.is_open());
                assert_eq!(talk.said(), "");
            });
        }
    }
}

// Conformance: 42
#[test]
fn opportunistic_security_goes_on_in_clear_if_starttls_is_refused_or_not_offered() {
    both_ways(opportunistic, |talk| {
        let end = talk.expect_ok(
            "S: 220 x\nC: EHLO client.test\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 not now",
        );
        assert_eq!(end, Action::Idle);
    });
    both_ways(opportunistic, |talk| {
        assert_eq!(
            talk.expect_ok("S: 220 x\nC: EHLO client.test\nS: 250 x"),
            Action::Idle
        );
    });
}

// Conformance: 42
#[test]
fn only_a_loopback_server_may_lack_starttls_under_an_smtp_url() {
    for (is_loopback, goes_on) in [(true, true), (false, false)] {
        let setup = || Setup {
            security: Security::StartTlsUnlessLoopback,
            is_loopback,
            ..setup()
        };
        both_ways(setup, |talk| {
            let result = talk.run("S: 220 x\nC: EHLO client.test\nS: 250 x");
            assert_eq!(result.is_ok(), goes_on, "{result:?}");
        });
    }
}

// Conformance: 41
#[test]
fn octets_injected_after_the_220_of_starttls_end_the_session() {
    for answer in [
        "220 go\r\n250 injected\r\n",
        "220 go\r\n2",
        "220 go\r\n250-partly",
        "220 go\r\n\n",
        "220 go\n250 injected\r\n",
        "220 go\n250 injected\n",
        "220 go\n2",
        "220 go\n\r",
        "220 go\n\n",
    ] {
        both_ways(starttls, |talk| {
            talk.expect_ok("S: 220 x\nC: EHLO client.test\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS");
            // All is read at once. Octets that arrive later go to TLS, which refuses them.
            let error = talk
                .session
                .receive(answer.as_bytes())
                .and_then(|()| talk.session.next_action())
                .unwrap_err();
            assert!(
                matches!(&error, Error::Protocol(Phase::StartTls, _)),
                "{error:?}"
            );
            assert!(!talk.session.is_open());
            assert_eq!(talk.said(), "");
        });
    }
}

#[test]
fn lines_that_end_in_lf_alone_are_accepted_and_reported_once() {
    let event = "Event: the server ends lines in LF alone";
    both_ways(starttls, |talk| {
        talk.hear(b"220 unix.test\n").unwrap();
        assert_eq!(talk.said(), "EHLO client.test\r\n");
        talk.hear(b"250-unix.test\r\n250 STARTTLS\n").unwrap();
        assert_eq!(talk.said(), "STARTTLS\r\n");
        assert_eq!(talk.hear(b"220 go\n"), Ok(Action::NeedTls));
        talk.session.secured(None).unwrap();
        talk.expect_ok("C: EHLO client.test\nS: 250 unix.test");
        talk.session.noop().unwrap();
        talk.expect_ok("C: NOOP");
        assert_eq!(talk.hear(b"250 ok\n"), Ok(Action::Idle));
        let transcript = talk.transcript();
        assert_eq!(transcript.matches(event).count(), 1, "{transcript}");
        assert!(transcript.starts_with(event), "{transcript}");
    });
    both_ways(setup, |talk| {
        talk.open(&[]);
        assert!(!talk.transcript().contains("Event"));
    });
}

#[test]
fn a_tls_record_instead_of_a_greeting_points_to_implicit_tls() {
    both_ways(setup, |talk| {
        let alert = [21, 3, 3, 0, 2, 2, 80];
        let error = talk.session.receive(&alert).unwrap_err();
        assert!(
            matches!(&error, Error::TlsFailed(TlsFailure::HandshakeFailed, why)
                if why.contains("implicit-tls")),
            "{error:?}"
        );
        assert!(!talk.session.is_open());
    });
}

#[test]
fn a_session_that_is_open_answers_to_noop() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        talk.session.noop().unwrap();
        assert_eq!(talk.expect_ok("C: NOOP\nS: 250 OK"), Action::Idle);
    });
}

#[test]
fn hello_needs_a_local_name() {
    let nameless = || Setup {
        until: ConnectUntil::Greeting,
        local_name: None,
        ..setup()
    };
    both_ways(nameless, |talk| {
        assert_eq!(talk.expect_ok("S: 220 mail.test"), Action::Idle);
        let error = talk.session.hello(None).unwrap_err();
        assert!(
            matches!(&error, Error::InvalidArgument(why)
                if why.contains("set-local-name") && why.contains("hello")),
            "{error:?}"
        );
        assert_eq!(talk.said(), "");
        let name = LocalName::parse("own.test").unwrap();
        talk.session.hello(Some(name)).unwrap();
        talk.expect_ok("C: EHLO own.test\nS: 502 what?\nC: HELO own.test\nS: 250 mail.test");
        // The name is kept for the next EHLO.
        talk.session.hello(None).unwrap();
        talk.expect_ok("C: EHLO own.test\nS: 250 mail.test");
    });
}

// Conformance: 2
#[test]
fn commands_are_refused_before_hello() {
    both_ways(setup, |talk| {
        assert!(matches!(talk.session.noop(), Err(Error::WrongState(_))));
        let early = talk.deliver("a@client.test", &["b@mail.test"], b"x", true);
        assert!(matches!(early, Err(Error::WrongState(_))));
    });
}

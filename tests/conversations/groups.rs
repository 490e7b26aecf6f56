//! AUTH pipelined with the envelope of the first message.

use envoi::sasl::{Bearer, Credentials, Mechanism};
use envoi::smtp::config::{AuthPipelining, ConnectUntil};
use envoi::smtp::error::{Error, Phase, Timeout};
use envoi::smtp::reply::Reply;
use envoi::smtp::server_memory::ServerMemory;

use crate::conversation::{Conversation, Setup, both_ways, once, setup_with_password};

const PLAIN: &str = "AUTH PLAIN AHVzZXIAc2VjcmV0";
const XOAUTH2: &str = "AUTH XOAUTH2 dXNlcj11c2VyAWF1dGg9QmVhcmVyIHRva2VuAQE=";

fn setup() -> Setup {
    Setup {
        until: ConnectUntil::FirstMessage,
        mechanisms: vec![Mechanism::PLAIN, Mechanism::LOGIN],
        ..setup_with_password("secret")
    }
}

fn with_token() -> Setup {
    let token = Bearer {
        username: "user".into(),
        token: "token".into(),
    };
    Setup {
        credentials: Some(Credentials::Bearer(token)),
        mechanisms: vec![Mechanism::XOAUTH2],
        ..setup()
    }
}

fn with_token_in_a_group() -> Setup {
    Setup {
        auth_pipelining: AuthPipelining::TokensToo,
        ..with_token()
    }
}

/// Starts a message to two recipients, with AUTH still to come.
fn begin(talk: &mut Conversation, mechanisms: &str) {
    talk.open(&["PIPELINING", &format!("AUTH {mechanisms}")]);
    assert_eq!(talk.said(), "", "AUTH waits for the message");
    talk.deliver_to(&["b@mail.test", "c@mail.test"]);
}

const ENVELOPE: &str = "C: MAIL FROM:<a@client.test>
     C: RCPT TO:<b@mail.test>
     C: RCPT TO:<c@mail.test>
     C: DATA\n";
const GO_AHEAD: &str = "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n";
const NOT_YET: &str =
    "S: 530 5.7.0 first\nS: 530 5.7.0 first\nS: 530 5.7.0 first\nS: 530 5.7.0 first\n";
const LOGIN: &str = "C: AUTH LOGIN
     S: 334 VXNlcm5hbWU6
     C: dXNlcg==
     S: 334 UGFzc3dvcmQ6
     C: c2VjcmV0
     S: 235 welcome\n";

fn deliver_content(talk: &mut Conversation) {
    let receipt = talk.finish(b"Hello\r\n", "C: Hello\nC: .\nS: 250 queued");
    assert_eq!(receipt.unwrap().accepted.len(), 2);
}

fn is_refused_auth(error: &Error) -> bool {
    let plain = [Mechanism::PLAIN];
    matches!(error, Error::AuthRefused(reply, tried) if reply.code == 535 && *tried == plain)
}

/// The server answers AUTH, and nothing behind it.
fn hear_only_auth(talk: &mut Conversation, answer: &str) {
    talk.expect_ok(&format!("C: {PLAIN}\n{ENVELOPE}"));
    assert!(
        !talk.session.awaits_behind_auth(),
        "AUTH's own answer may take its time"
    );
    talk.expect_ok(answer);
    assert!(talk.session.awaits_behind_auth());
}

// Conformance: 30, 48
#[test]
fn auth_mail_rcpt_and_data_leave_in_one_flight() {
    both_ways(setup, |talk| {
        begin(talk, "PLAIN");
        talk.expect_ok(&format!("C: {PLAIN}\n{ENVELOPE}S: 235 welcome\n{GO_AHEAD}"));
        deliver_content(talk);
        // AUTH leaves once a session.
        talk.deliver_to(&["b@mail.test", "c@mail.test"]);
        talk.expect_ok(&format!("{ENVELOPE}{GO_AHEAD}"));
        deliver_content(talk);
    });
}

// Conformance: 48
#[test]
fn auth_external_leaves_in_one_flight_with_the_envelope() {
    let setup = || Setup {
        credentials: Some(Credentials::External(None)),
        mechanisms: vec![Mechanism::EXTERNAL],
        ..setup()
    };
    both_ways(setup, |talk| {
        begin(talk, "EXTERNAL");
        talk.expect_ok(&format!(
            "C: AUTH EXTERNAL =\n{ENVELOPE}S: 235 welcome\n{GO_AHEAD}"
        ));
        deliver_content(talk);
    });
}

// Conformance: 48
#[test]
fn auth_leaves_alone_with_a_token_or_if_that_is_configured_or_learned() {
    let memory = ServerMemory::default();
    memory.learn_auth_alone();
    let plain = || Setup {
        auth_pipelining: AuthPipelining::Never,
        ..setup()
    };
    let known = || Setup {
        memory: memory.clone(),
        ..setup()
    };
    let known_with_token = || Setup {
        memory: memory.clone(),
        ..with_token_in_a_group()
    };
    for (setup, auth) in [
        (&with_token as &dyn Fn() -> Setup, XOAUTH2),
        (&plain, PLAIN),
        (&known, PLAIN),
        (&known_with_token, XOAUTH2),
    ] {
        both_ways(setup, |talk| {
            talk.open(&["PIPELINING", "AUTH PLAIN XOAUTH2"]);
            talk.expect_ok(&format!("C: {auth}\nS: 235 welcome"));
            talk.deliver_to(&["b@mail.test", "c@mail.test"]);
            talk.expect_ok(&format!("{ENVELOPE}{GO_AHEAD}"));
            deliver_content(talk);
        });
    }
}

// Conformance: 48
#[test]
fn a_token_leaves_with_the_envelope_if_that_is_allowed() {
    both_ways(with_token_in_a_group, |talk| {
        begin(talk, "XOAUTH2");
        talk.expect_ok(&format!(
            "C: {XOAUTH2}\n{ENVELOPE}S: 235 welcome\n{GO_AHEAD}"
        ));
        deliver_content(talk);
    });
}

// Conformance: 48
#[test]
fn an_envelope_lost_behind_auth_is_sent_after_auth_over_another_connection() {
    for error in [
        Error::Timeout(Phase::Mail, Timeout::Command),
        Error::Disconnected(Phase::Mail),
    ] {
        let memory = ServerMemory::default();
        let setup = || Setup {
            memory: memory.clone(),
            ..setup()
        };
        once(setup, |talk| {
            begin(talk, "PLAIN");
            hear_only_auth(talk, "S: 235 welcome");
            assert_eq!(talk.session.fail(error.clone()), error);
            assert!(talk.session.has_lost_envelope());
            assert!(!talk.session.is_open());
            let transcript = talk.transcript();
            assert!(
                transcript.ends_with("from now on, AUTH leaves alone\n"),
                "{transcript}"
            );
        });
        assert!(memory.auth_alone());
        once(setup, |talk| {
            talk.open(&["PIPELINING", "AUTH PLAIN"]);
            talk.expect_ok(&format!("C: {PLAIN}\nS: 235 welcome"));
            talk.deliver_to(&["b@mail.test", "c@mail.test"]);
            talk.expect_ok(ENVELOPE);
            assert!(!talk.session.awaits_behind_auth());
            assert_eq!(talk.session.fail(error.clone()), error);
            assert!(!talk.session.has_lost_envelope(), "once, and not for ever");
        });
    }
}

#[test]
fn a_server_that_answered_anything_behind_auth_has_lost_nothing() {
    let memory = ServerMemory::default();
    let setup = || Setup {
        memory: memory.clone(),
        ..setup()
    };
    both_ways(setup, |talk| {
        begin(talk, "PLAIN");
        talk.expect_ok(&format!("C: {PLAIN}\n{ENVELOPE}S: 235 welcome\nS: 250 ok"));
        assert!(!talk.session.awaits_behind_auth());
        let error = Error::Timeout(Phase::Rcpt, Timeout::Command);
        assert_eq!(talk.session.fail(error.clone()), error);
        assert!(!talk.session.has_lost_envelope());
    });
    assert!(!memory.auth_alone());
}

#[test]
fn an_envelope_lost_in_part_behind_auth_counts_as_lost() {
    both_ways(setup, |talk| {
        begin(talk, "PLAIN");
        // The server lost MAIL and the first RCPT, and read the rest, which came in another segment.
        let rest = "S: 503 5.5.1 MAIL first\nS: 503 5.5.1 MAIL first";
        talk.expect_ok(&format!("C: {PLAIN}\n{ENVELOPE}S: 235 welcome\n{rest}"));
        assert!(talk.session.awaits_behind_auth());
        talk.session
            .fail(Error::Timeout(Phase::Rcpt, Timeout::Command));
        assert!(talk.session.has_lost_envelope());
    });
}

#[test]
fn a_refused_auth_is_not_tried_again_if_silence_follows() {
    let memory = ServerMemory::default();
    let setup = || Setup {
        memory: memory.clone(),
        ..setup()
    };
    both_ways(setup, |talk| {
        begin(talk, "PLAIN LOGIN");
        hear_only_auth(talk, "S: 535 5.7.8 no");
        let error = talk
            .session
            .fail(Error::Timeout(Phase::Mail, Timeout::Command));
        assert!(is_refused_auth(&error), "{error:?}");
        assert!(!talk.session.has_lost_envelope());
    });
    assert!(!memory.auth_alone());
}

#[test]
fn the_next_mechanism_is_tried_over_another_connection_if_this_one_ends() {
    both_ways(setup, |talk| {
        begin(talk, "PLAIN LOGIN");
        hear_only_auth(talk, "S: 504 5.5.4 not so");
        let error = talk.session.fail(Error::Disconnected(Phase::Mail));
        assert!(
            matches!(&error, Error::AuthRefused(reply, _) if reply.code == 504),
            "{error:?}"
        );
        assert!(talk.session.has_lost_envelope());
    });
}

#[test]
fn an_envelope_refused_as_too_early_is_sent_again_after_auth() {
    for early in ["503 5.5.1 pipelined", "530 5.7.0 first"] {
        let memory = ServerMemory::default();
        let setup = || Setup {
            memory: memory.clone(),
            ..setup()
        };
        let early = format!("S: {early}\n").repeat(4);
        once(setup, |talk| {
            begin(talk, "PLAIN");
            talk.expect_ok(&format!(
                "C: {PLAIN}\n{ENVELOPE}S: 235 welcome\n{early}{ENVELOPE}"
            ));
            assert!(!talk.session.awaits_behind_auth());
            talk.expect_ok(GO_AHEAD);
            deliver_content(talk);
        });
        assert!(memory.auth_alone());
    }
    // It is sent again only once.
    both_ways(setup, |talk| {
        begin(talk, "PLAIN");
        let early = "S: 530 no\n".repeat(4);
        let error = talk.expect_err(&format!(
            "C: {PLAIN}\n{ENVELOPE}S: 235 welcome\n{early}{ENVELOPE}{early}"
        ));
        assert!(
            matches!(
                &error,
                Error::Rejected(Phase::Mail, Reply { code: 530, .. })
            ),
            "{error:?}"
        );
    });
}

#[test]
fn a_refused_auth_is_the_error_if_421_follows() {
    both_ways(setup, |talk| {
        begin(talk, "PLAIN");
        let error = talk.expect_err(&format!(
            "C: {PLAIN}\n{ENVELOPE}S: 535 5.7.8 no\nS: 421 bye"
        ));
        let error = talk.session.fail(error);
        assert!(is_refused_auth(&error), "{error:?}");
    });
}

#[test]
fn without_pipelining_auth_leaves_alone() {
    both_ways(setup, |talk| {
        talk.open(&["AUTH PLAIN"]);
        talk.expect_ok(&format!("C: {PLAIN}\nS: 235 welcome"));
        talk.deliver_to(&["b@mail.test"]);
        talk.expect_ok("C: MAIL FROM:<a@client.test>");
    });
}

#[test]
fn a_mechanism_of_several_rounds_leaves_alone() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING", "AUTH LOGIN"]);
        talk.expect_ok(LOGIN);
        talk.deliver_to(&["b@mail.test", "c@mail.test"]);
        talk.expect_ok(&format!("{ENVELOPE}{GO_AHEAD}"));
        deliver_content(talk);
    });
}

#[test]
fn the_next_mechanism_follows_if_auth_and_its_envelope_are_refused() {
    both_ways(setup, |talk| {
        begin(talk, "PLAIN LOGIN");
        talk.expect_ok(&format!(
            "C: {PLAIN}\n{ENVELOPE}S: 504 5.5.4 not so\n{NOT_YET}"
        ));
        talk.expect_ok(&format!("{LOGIN}{ENVELOPE}{GO_AHEAD}"));
        deliver_content(talk);
    });
}

#[test]
fn rset_comes_before_the_next_mechanism_if_the_envelope_was_accepted() {
    both_ways(setup, |talk| {
        begin(talk, "PLAIN LOGIN");
        talk.expect_ok(&format!(
            "C: {PLAIN}\n{ENVELOPE}S: 504 5.5.4 not so\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 503 no"
        ));
        talk.expect_ok("C: RSET\nC: AUTH LOGIN\nS: 250 ok\nS: 334 VXNlcm5hbWU6");
        let rest = LOGIN.split_once("VXNlcm5hbWU6\n").unwrap().1;
        talk.expect_ok(&format!("{rest}{ENVELOPE}{GO_AHEAD}"));
        deliver_content(talk);
    });
}

#[test]
fn auth_refused_and_data_accepted_ends_the_session_instead_of_sending_an_empty_message() {
    both_ways(setup, |talk| {
        begin(talk, "PLAIN LOGIN");
        let error = talk.expect_err(&format!(
            "C: {PLAIN}\n{ENVELOPE}S: 535 5.7.8 no\n{GO_AHEAD}"
        ));
        assert!(is_refused_auth(&error), "{error:?}");
        assert!(!talk.session.is_open());
        assert_eq!(talk.said(), "");
    });
}

#[test]
fn auth_refused_without_another_mechanism_is_the_error_and_the_session_can_quit() {
    both_ways(setup, |talk| {
        begin(talk, "PLAIN");
        let error = talk.expect_err(&format!("C: {PLAIN}\n{ENVELOPE}S: 535 5.7.8 no\n{NOT_YET}"));
        assert!(is_refused_auth(&error), "{error:?}");
        assert!(talk.session.is_unauthenticated());
        talk.session.quit().unwrap();
        talk.expect_ok("C: QUIT\nS: 221 bye");
    });
}

#[test]
fn rset_comes_before_the_next_message_if_the_envelope_was_accepted_without_the_login() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING", "CHUNKING", "AUTH PLAIN"]);
        talk.deliver_to(&["b@mail.test"]);
        let envelope = "C: MAIL FROM:<a@client.test>\nC: RCPT TO:<b@mail.test>\n";
        let error = talk.expect_err(&format!(
            "C: {PLAIN}\n{envelope}S: 535 5.7.8 no\nS: 250 ok\nS: 250 ok"
        ));
        assert!(is_refused_auth(&error), "{error:?}");
        talk.deliver_to(&["b@mail.test"]);
        talk.expect_ok(&format!("C: RSET\n{envelope}"));
    });
}

#[test]
fn a_server_may_take_mail_for_the_response_after_it_refused_a_token() {
    both_ways(with_token_in_a_group, |talk| {
        begin(talk, "XOAUTH2");
        // {"status":"401"}
        let error = talk.expect_err(&format!(
            "C: {XOAUTH2}\n{ENVELOPE}S: 334 eyJzdGF0dXMiOiI0MDEifQ==
             S: 535 5.7.8 no\nS: 530 first\nS: 530 first\nS: 530 first"
        ));
        match &error {
            Error::AuthRefused(reply, _) => {
                assert_eq!(reply.lines, ["5.7.8 no", "{\"status\":\"401\"}"]);
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_command_that_is_taken_for_a_good_response_is_a_protocol_error() {
    both_ways(setup, |talk| {
        begin(talk, "PLAIN");
        let error = talk.expect_err(&format!("C: {PLAIN}\n{ENVELOPE}S: 334 \nS: 235 welcome"));
        assert!(
            matches!(error, Error::Protocol(Phase::Auth, _)),
            "{error:?}"
        );
        assert!(!talk.session.is_open());
    });
}

// Conformance: 27
#[test]
fn the_refusals_of_an_envelope_count_once_auth_has_succeeded() {
    let no = "S: 550 5.1.1 no\n";
    both_ways(setup, |talk| {
        begin(talk, "PLAIN");
        let replies = format!("S: 235 welcome\nS: 250 ok\n{no}{no}S: 503 none");
        let error = talk.expect_err(&format!("C: {PLAIN}\n{ENVELOPE}{replies}"));
        assert!(matches!(&error, Error::RecipientsRefused(refused) if refused.len() == 2));
        assert!(!talk.session.is_unauthenticated());
    });
    both_ways(setup, |talk| {
        begin(talk, "PLAIN");
        let replies = "S: 235 welcome\nS: 550 no\nS: 503 no\nS: 503 no\nS: 503 no";
        let error = talk.expect_err(&format!("C: {PLAIN}\n{ENVELOPE}{replies}"));
        assert!(
            matches!(error, Error::Rejected(Phase::Mail, _)),
            "{error:?}"
        );
        talk.deliver_to(&["b@mail.test", "c@mail.test"]);
        talk.expect_ok(&format!("C: RSET\n{ENVELOPE}S: 250 ok\n{GO_AHEAD}"));
        deliver_content(talk);
    });
}

#[test]
fn a_421_to_the_auth_of_a_group_ends_the_session() {
    both_ways(setup, |talk| {
        begin(talk, "PLAIN");
        let error = talk.expect_err(&format!("C: {PLAIN}\n{ENVELOPE}S: 421 busy"));
        assert!(matches!(&error, Error::AuthRefused(reply, _) if reply.code == 421));
        assert!(!talk.session.is_open());
    });
}

#[test]
fn a_refused_auth_is_the_error_if_the_connection_ends() {
    both_ways(setup, |talk| {
        begin(talk, "PLAIN");
        talk.expect_ok(&format!("C: {PLAIN}\n{ENVELOPE}S: 535 5.7.8 no"));
        let error = talk.session.fail(Error::Disconnected(Phase::Mail));
        assert!(is_refused_auth(&error), "{error:?}");
    });
}

#[test]
fn auth_waits_for_the_next_message_if_one_cannot_be_sent() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING", "SIZE 3", "AUTH PLAIN"]);
        let error = talk.deliver("a@client.test", &["b@mail.test"], b"abc", true);
        assert_eq!(error, Err(Error::MessageTooLarge(3)));
        talk.deliver("a@client.test", &["b@mail.test"], b"a", true)
            .unwrap();
        talk.expect_ok(&format!(
            "C: {PLAIN}\nC: MAIL FROM:<a@client.test> SIZE=3\nC: RCPT TO:<b@mail.test>\nC: DATA"
        ));
    });
}

#[test]
fn the_secret_of_a_group_is_in_no_transcript() {
    both_ways(setup, |talk| {
        begin(talk, "PLAIN");
        talk.expect_ok(&format!("C: {PLAIN}\n{ENVELOPE}S: 235 welcome\n{GO_AHEAD}"));
        let transcript = talk.transcript();
        assert!(transcript.contains("AUTH PLAIN <hidden>"), "{transcript}");
        assert!(!transcript.contains("AHVzZXIAc2VjcmV0"));
    });
}

//! AUTH in one flight with the envelope of the message that it is for.

use envoi::sasl::{Bearer, Credentials, Mechanism};
use envoi::smtp::error::{Error, Phase};
use envoi::smtp::session::{Goal, Plan};

use crate::talk::{Talk, both_ways, plan_with_password};

const PLAIN: &str = "AUTH PLAIN AHVzZXIAc2VjcmV0";

fn plan() -> Plan {
    Plan {
        goal: Goal::Message,
        mechanisms: vec![Mechanism::Plain, Mechanism::Login],
        ..plan_with_password("secret")
    }
}

fn with_token() -> Plan {
    let token = Bearer {
        username: "user".into(),
        token: "token".into(),
    };
    Plan {
        credentials: Some(Credentials::Bearer(token)),
        mechanisms: vec![Mechanism::Xoauth2],
        ..plan()
    }
}

/// To two recipients, of whom the server knows nothing yet.
fn begin(talk: &mut Talk, mechanisms: &str) {
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

fn delivers(talk: &mut Talk) {
    let receipt = talk.finish(b"Hello\r\n", "C: Hello\nC: .\nS: 250 queued");
    assert_eq!(receipt.unwrap().accepted.len(), 2);
}

fn is_refused_auth(error: &Error) -> bool {
    matches!(error, Error::Rejected(Phase::Auth, reply) if reply.code == 535)
}

#[test]
fn auth_mail_rcpt_and_data_leave_in_one_flight() {
    both_ways(plan, |talk| {
        begin(talk, "PLAIN");
        talk.goes(&format!("C: {PLAIN}\n{ENVELOPE}S: 235 welcome\n{GO_AHEAD}"));
        delivers(talk);
        // Once a session.
        talk.deliver_to(&["b@mail.test", "c@mail.test"]);
        talk.goes(&format!("{ENVELOPE}{GO_AHEAD}"));
        delivers(talk);
    });
}

#[test]
fn without_pipelining_auth_leaves_alone() {
    both_ways(plan, |talk| {
        talk.open(&["AUTH PLAIN"]);
        talk.goes(&format!("C: {PLAIN}\nS: 235 welcome"));
        talk.deliver_to(&["b@mail.test"]);
        talk.goes("C: MAIL FROM:<a@client.test>");
    });
}

#[test]
fn a_mechanism_of_several_rounds_leaves_alone() {
    both_ways(plan, |talk| {
        talk.open(&["PIPELINING", "AUTH LOGIN"]);
        talk.goes(LOGIN);
        talk.deliver_to(&["b@mail.test", "c@mail.test"]);
        talk.goes(&format!("{ENVELOPE}{GO_AHEAD}"));
        delivers(talk);
    });
}

#[test]
fn auth_refused_and_all_else_with_it_goes_on_with_the_next_mechanism() {
    both_ways(plan, |talk| {
        begin(talk, "PLAIN LOGIN");
        talk.goes(&format!(
            "C: {PLAIN}\n{ENVELOPE}S: 504 5.5.4 not so\n{NOT_YET}"
        ));
        talk.goes(&format!("{LOGIN}{ENVELOPE}{GO_AHEAD}"));
        delivers(talk);
    });
}

#[test]
fn auth_refused_and_the_envelope_accepted_is_reset_first() {
    both_ways(plan, |talk| {
        begin(talk, "PLAIN LOGIN");
        talk.goes(&format!(
            "C: {PLAIN}\n{ENVELOPE}S: 504 5.5.4 not so\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 503 no"
        ));
        talk.goes("C: RSET\nC: AUTH LOGIN\nS: 250 ok\nS: 334 VXNlcm5hbWU6");
        let rest = LOGIN.split_once("VXNlcm5hbWU6\n").unwrap().1;
        talk.goes(&format!("{rest}{ENVELOPE}{GO_AHEAD}"));
        delivers(talk);
    });
}

#[test]
fn auth_refused_and_data_accepted_ends_the_session_rather_than_send_an_empty_message() {
    both_ways(plan, |talk| {
        begin(talk, "PLAIN LOGIN");
        let error = talk.fails(&format!(
            "C: {PLAIN}\n{ENVELOPE}S: 535 5.7.8 no\n{GO_AHEAD}"
        ));
        assert!(is_refused_auth(&error), "{error:?}");
        assert!(!talk.session.is_open());
        assert_eq!(talk.said(), "");
    });
}

#[test]
fn auth_refused_without_another_mechanism_is_the_error_and_the_session_can_quit() {
    both_ways(plan, |talk| {
        begin(talk, "PLAIN");
        let error = talk.fails(&format!("C: {PLAIN}\n{ENVELOPE}S: 535 5.7.8 no\n{NOT_YET}"));
        assert!(is_refused_auth(&error), "{error:?}");
        assert!(talk.session.is_unauthenticated());
        talk.session.quit().unwrap();
        talk.goes("C: QUIT\nS: 221 bye");
    });
}

#[test]
fn a_token_that_is_refused_with_a_challenge_has_mail_for_its_response() {
    both_ways(with_token, |talk| {
        begin(talk, "XOAUTH2");
        let auth = "AUTH XOAUTH2 dXNlcj11c2VyAWF1dGg9QmVhcmVyIHRva2VuAQE=";
        // {"status":"401"}
        let error = talk.fails(&format!(
            "C: {auth}\n{ENVELOPE}S: 334 eyJzdGF0dXMiOiI0MDEifQ==
             S: 535 5.7.8 no\nS: 530 first\nS: 530 first\nS: 530 first"
        ));
        match &error {
            Error::Rejected(Phase::Auth, reply) => {
                assert_eq!(reply.lines, ["5.7.8 no", "{\"status\":\"401\"}"]);
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_command_that_is_taken_for_a_good_response_is_a_protocol_error() {
    both_ways(plan, |talk| {
        begin(talk, "PLAIN");
        let error = talk.fails(&format!("C: {PLAIN}\n{ENVELOPE}S: 334 \nS: 235 welcome"));
        assert!(
            matches!(error, Error::Protocol(Phase::Auth, _)),
            "{error:?}"
        );
        assert!(!talk.session.is_open());
    });
}

#[test]
fn the_refusals_of_an_envelope_count_once_auth_has_succeeded() {
    let no = "S: 550 5.1.1 no\n";
    both_ways(plan, |talk| {
        begin(talk, "PLAIN");
        let replies = format!("S: 235 welcome\nS: 250 ok\n{no}{no}S: 503 none");
        let error = talk.fails(&format!("C: {PLAIN}\n{ENVELOPE}{replies}"));
        assert!(matches!(&error, Error::RecipientsRefused(refused) if refused.len() == 2));
        assert!(!talk.session.is_unauthenticated());
    });
    both_ways(plan, |talk| {
        begin(talk, "PLAIN");
        let replies = "S: 235 welcome\nS: 550 no\nS: 503 no\nS: 503 no\nS: 503 no";
        let error = talk.fails(&format!("C: {PLAIN}\n{ENVELOPE}{replies}"));
        assert!(
            matches!(error, Error::Rejected(Phase::Mail, _)),
            "{error:?}"
        );
        talk.deliver_to(&["b@mail.test", "c@mail.test"]);
        talk.goes(&format!("C: RSET\n{ENVELOPE}S: 250 ok\n{GO_AHEAD}"));
        delivers(talk);
    });
}

#[test]
fn a_421_to_the_auth_of_a_group_ends_the_session() {
    both_ways(plan, |talk| {
        begin(talk, "PLAIN");
        let error = talk.fails(&format!("C: {PLAIN}\n{ENVELOPE}S: 421 busy"));
        assert!(matches!(&error, Error::Rejected(Phase::Auth, reply) if reply.code == 421));
        assert!(!talk.session.is_open());
    });
}

#[test]
fn the_refusal_is_kept_where_the_connection_ends_behind_it() {
    both_ways(plan, |talk| {
        begin(talk, "PLAIN");
        talk.goes(&format!("C: {PLAIN}\n{ENVELOPE}S: 535 5.7.8 no"));
        assert_eq!(talk.session.take_auth_refusal().unwrap().code, 535);
    });
}

#[test]
fn a_message_that_cannot_be_sent_leaves_auth_for_the_next() {
    both_ways(plan, |talk| {
        talk.open(&["PIPELINING", "SIZE 3", "AUTH PLAIN"]);
        let error = talk.deliver("a@client.test", &["b@mail.test"], b"abc", true);
        assert_eq!(error, Err(Error::MessageTooLarge(3)));
        talk.deliver("a@client.test", &["b@mail.test"], b"a", true)
            .unwrap();
        talk.goes(&format!(
            "C: {PLAIN}\nC: MAIL FROM:<a@client.test> SIZE=3\nC: RCPT TO:<b@mail.test>\nC: DATA"
        ));
    });
}

#[test]
fn the_secret_of_a_group_is_in_no_transcript() {
    both_ways(plan, |talk| {
        begin(talk, "PLAIN");
        talk.goes(&format!("C: {PLAIN}\n{ENVELOPE}S: 235 welcome\n{GO_AHEAD}"));
        let transcript = talk.transcript();
        assert!(transcript.contains("AUTH PLAIN <hidden>"), "{transcript}");
        assert!(!transcript.contains("AHVzZXIAc2VjcmV0"));
    });
}

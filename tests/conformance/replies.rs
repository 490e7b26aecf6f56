//! Replies: codes decide, texts do not.

use envoi::smtp::error::{Error, Phase};
use envoi::smtp::session::Action;

use crate::conversation::{both_ways, setup};

// Conformance: 7
#[test]
fn the_code_counts_but_not_the_text() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING"]);
        talk.deliver_to(&["b@mail.test", "c@mail.test"]);
        talk.expect_ok(
            "C: MAIL FROM:<a@client.test>
             C: RCPT TO:<b@mail.test>
             C: RCPT TO:<c@mail.test>
             C: DATA
             S: 250 550 fatal error, go away
             S: 550 250 OK, recipient accepted
             S: 250 ok
             S: 354 no",
        );
        let receipt = talk
            .finish(b"x", "C: x\nC: .\nS: 250 554 rejected")
            .unwrap();
        assert_eq!(receipt.accepted[0].recipient, "c@mail.test");
        assert_eq!(receipt.refused[0].recipient, "b@mail.test");
    });
}

// Conformance: 7
#[test]
fn an_unknown_code_counts_by_its_first_digit() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        talk.deliver_to(&["b@mail.test", "c@mail.test"]);
        talk.expect_ok(
            "C: MAIL FROM:<a@client.test>
             S: 299 so be it
             C: RCPT TO:<b@mail.test>
             S: 260 likewise
             C: RCPT TO:<c@mail.test>
             S: 599 no
             C: DATA
             S: 354 go",
        );
        let error = talk.finish(b"x", "C: x\nC: .\nS: 477 later").unwrap_err();
        assert!(
            matches!(&error, Error::Rejected(Phase::Acceptance, reply) if reply.is_transient()),
            "{error:?}"
        );
    });
}

// Conformance: 7
#[test]
fn a_code_of_another_first_digit_ends_the_session() {
    for code in ["199", "600", "999", "050"] {
        both_ways(setup, |talk| {
            talk.open(&[]);
            talk.session.noop().unwrap();
            let error = talk.expect_err(&format!("C: NOOP\nS: {code} what"));
            assert!(
                matches!(error, Error::Protocol(Phase::Other, _)),
                "{error:?}"
            );
            assert!(!talk.session.is_open());
        });
    }
}

// Conformance: 8
#[test]
fn any_command_may_be_answered_in_several_lines_or_without_text() {
    both_ways(setup, |talk| {
        talk.expect_ok("S: 220-\nS: 220\nC: EHLO client.test\nS: 250-\nS: 250");
        talk.deliver_to(&["b@mail.test", "c@mail.test"]);
        let step = talk.expect_ok(
            "C: MAIL FROM:<a@client.test>
             S: 250-one
             S: 250-
             S: 250 three
             C: RCPT TO:<b@mail.test>
             S: 250
             C: RCPT TO:<c@mail.test>
             S: 550-no
             S: 550
             C: DATA
             S: 354-
             S: 354",
        );
        assert_eq!(step, Action::Idle);
        let receipt = talk.finish(b"x", "C: x\nC: .\nS: 250-a\nS: 250 b").unwrap();
        assert_eq!(receipt.accepted[0].reply.lines, ["a", "b"]);
        assert_eq!(receipt.refused[0].reply.lines, ["no", ""]);
        talk.session.quit().unwrap();
        talk.expect_ok("C: QUIT\nS: 221-\nS: 221");
    });
}

// Conformance: 23
#[test]
fn an_unsolicited_421_ends_the_session() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        talk.session
            .receive(b"421 4.4.2 idle too long\r\n")
            .unwrap();
        assert!(talk.session.has_unsolicited());
        talk.session.noop().unwrap();
        let error = talk.session.next_action().unwrap_err();
        assert!(
            matches!(&error, Error::Rejected(Phase::Other, reply) if reply.code == 421),
            "{error:?}"
        );
        assert!(!talk.session.is_open());
        assert_eq!(talk.said(), "");
    });
}

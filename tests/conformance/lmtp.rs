//! LMTP (RFC 2033): LHLO, and an answer for each accepted recipient.

use envoi::smtp::envelope::Receipt;
use envoi::smtp::error::{Error, Phase, RecipientReply};
use envoi::smtp::session::{Dialect, Plan};

use crate::talk::{Talk, both_ways, plan};

fn lmtp() -> Plan {
    Plan {
        dialect: Dialect::Lmtp,
        ..plan()
    }
}

/// To b, c and d, of whom c is refused; content is awaited.
fn accepted(talk: &mut Talk, extension: &str, data: &str) {
    talk.goes(&format!(
        "S: 220 mail.test LMTP
         C: LHLO client.test
         S: 250-mail.test
         S: 250-{extension}
         S: 250 PIPELINING"
    ));
    talk.deliver_to(&["b@mail.test", "c@mail.test", "d@mail.test"]);
    talk.goes(&format!(
        "C: MAIL FROM:<a@client.test>
         C: RCPT TO:<b@mail.test>
         C: RCPT TO:<c@mail.test>
         C: RCPT TO:<d@mail.test>
         {data}
         S: 250 ok
         S: 250 ok
         S: 550 no
         S: 250 ok
         {}",
        data.replace("C: DATA", "S: 354 go")
    ));
}

fn codes(replies: &[RecipientReply]) -> Vec<(&str, u16)> {
    let replies = replies.iter();
    replies.map(|r| (&*r.recipient, r.reply.code)).collect()
}

fn is_taken_for_b_alone(receipt: &Receipt) {
    assert_eq!(codes(&receipt.accepted), [("b@mail.test", 250)]);
    let mut refused = codes(&receipt.refused);
    refused.sort_unstable();
    assert_eq!(refused, [("c@mail.test", 550), ("d@mail.test", 452)]);
    assert!(receipt.unknown.is_empty());
}

// Conformance: 62
#[test]
fn each_accepted_recipient_is_answered_for_after_data() {
    both_ways(lmtp, |talk| {
        accepted(talk, "X-NONE", "C: DATA");
        let receipt = talk
            .finish(b"x", "C: x\nC: .\nS: 250 stored\nS: 452 4.2.2 full")
            .unwrap();
        is_taken_for_b_alone(&receipt);
    });
}

// Conformance: 62
#[test]
fn each_accepted_recipient_is_answered_for_after_the_last_chunk() {
    both_ways(lmtp, |talk| {
        accepted(talk, "CHUNKING", "");
        let receipt = talk
            .finish(b"x", "C: BDAT 3 LAST\nC: x\nS: 250 ok\nS: 452 4.2.2 full")
            .unwrap();
        is_taken_for_b_alone(&receipt);
    });
}

// Conformance: 62
#[test]
fn a_message_that_is_stored_for_none_is_refused() {
    both_ways(lmtp, |talk| {
        accepted(talk, "X-NONE", "C: DATA");
        let error = talk
            .finish(b"x", "C: x\nC: .\nS: 452 full\nS: 552 full")
            .unwrap_err();
        assert!(
            matches!(&error, Error::RecipientsRefused(refused) if refused.len() == 3),
            "{error:?}"
        );
    });
}

// Conformance: 24, 62
#[test]
fn who_was_not_answered_for_before_the_connection_ended_is_unknown() {
    both_ways(lmtp, |talk| {
        accepted(talk, "X-NONE", "C: DATA");
        talk.session.write(b"x").unwrap();
        talk.session.finish();
        talk.goes("C: x\nC: .\nS: 250 stored");
        assert_eq!(talk.session.phase(), Phase::Acceptance);
        let receipt = talk.session.take_partial_receipt().unwrap();
        assert_eq!(codes(&receipt.accepted), [("b@mail.test", 250)]);
        assert_eq!(codes(&receipt.refused), [("c@mail.test", 550)]);
        assert_eq!(receipt.unknown, ["d@mail.test"]);
    });
}

// Conformance: 62
#[test]
fn neither_ehlo_nor_helo_follows_a_refused_lhlo() {
    both_ways(lmtp, |talk| {
        let error = talk.fails("S: 220 mail.test\nC: LHLO client.test\nS: 550 not you");
        assert!(
            matches!(error, Error::Rejected(Phase::Hello, _)),
            "{error:?}"
        );
        assert_eq!(talk.said(), "");
    });
}

// Conformance: 62
#[test]
fn a_server_that_does_not_know_lhlo_is_named_as_one_of_smtp() {
    for code in [500, 502] {
        both_ways(lmtp, |talk| {
            let error = talk.fails(&format!(
                "S: 220 mail.test ESMTP
                 C: LHLO client.test
                 S: {code} 5.5.2 what?"
            ));
            let Error::Protocol(Phase::Hello, what) = error else {
                panic!("{error:?}")
            };
            for words in [
                &*format!("{code} 5.5.2 what?"),
                "SMTP",
                "set-protocol(smtp)",
            ] {
                assert!(what.contains(words), "{what}");
            }
            assert_eq!(talk.said(), "");
            assert!(!talk.session.is_open());
        });
    }
}

// Conformance: 62
#[test]
fn a_server_that_knows_neither_ehlo_nor_helo_is_named_as_one_of_lmtp() {
    for code in [500, 502] {
        both_ways(plan, |talk| {
            let error = talk.fails(&format!(
                "S: 220 mail.test ready
                 C: EHLO client.test
                 S: {code} what?
                 C: HELO client.test
                 S: {code} 5.5.1 Unknown command"
            ));
            let Error::Protocol(Phase::Hello, what) = error else {
                panic!("{error:?}")
            };
            for words in ["5.5.1 Unknown command", "LMTP", "set-protocol(lmtp)"] {
                assert!(what.contains(words), "{what}");
            }
            assert_eq!(talk.said(), "");
            assert!(!talk.session.is_open());
        });
    }
    // A refusal of this client is no sign of another protocol.
    both_ways(plan, |talk| {
        let error = talk.fails(
            "S: 220 mail.test
             C: EHLO client.test
             S: 502 what?
             C: HELO client.test
             S: 550 not you",
        );
        assert!(
            matches!(&error, Error::Rejected(Phase::Hello, reply) if reply.code == 550),
            "{error:?}"
        );
    });
}

#[test]
fn a_recipient_may_be_a_name_without_a_domain_and_only_in_lmtp() {
    both_ways(lmtp, |talk| {
        talk.goes("S: 220 x\nC: LHLO client.test\nS: 250-x\nS: 250 PIPELINING");
        talk.deliver_to(&["ann+folder", "\"a>b\""]);
        talk.goes(
            "C: MAIL FROM:<a@client.test>
             C: RCPT TO:<ann+folder>
             C: RCPT TO:<\"a>b\">
             C: DATA",
        );
        let sender = talk.deliver("ann", &["b"], b"x", true);
        assert!(
            matches!(sender, Err(Error::InvalidArgument(_))),
            "{sender:?}"
        );
    });
    both_ways(plan, |talk| {
        talk.open(&[]);
        let begun = talk.deliver("a@client.test", &["ann"], b"x", true);
        assert!(matches!(begun, Err(Error::InvalidArgument(_))), "{begun:?}");
    });
}

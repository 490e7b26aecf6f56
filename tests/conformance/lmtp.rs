//! LMTP (RFC 2033): LHLO, and a reply for each accepted recipient.

use envoi::smtp::config::Protocol;
use envoi::smtp::error::{Error, Phase, RecipientReply};
use envoi::smtp::receipt::Receipt;

use crate::conversation::{Conversation, Setup, both_ways, setup};

fn lmtp() -> Setup {
    Setup {
        protocol: Protocol::Lmtp,
        ..setup()
    }
}

/// Sends an envelope to b, c and d. The server refuses c and waits for the content.
fn accepted(talk: &mut Conversation, extension: &str, data: &str) {
    talk.expect_ok(&format!(
        "S: 220 mail.test LMTP
         C: LHLO client.test
         S: 250-mail.test
         S: 250-{extension}
         S: 250 PIPELINING"
    ));
    talk.deliver_to(&["b@mail.test", "c@mail.test", "d@mail.test"]);
    talk.expect_ok(&format!(
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

fn is_accepted_for_b_alone(receipt: &Receipt) {
    assert_eq!(codes(&receipt.accepted), [("b@mail.test", 250)]);
    let mut refused = codes(&receipt.refused);
    refused.sort_unstable();
    assert_eq!(refused, [("c@mail.test", 550), ("d@mail.test", 452)]);
    assert!(receipt.unknown.is_empty());
}

// Conformance: 62
#[test]
fn each_accepted_recipient_has_a_reply_after_data() {
    both_ways(lmtp, |talk| {
        accepted(talk, "X-NONE", "C: DATA");
        let receipt = talk
            .finish(b"x", "C: x\nC: .\nS: 250 stored\nS: 452 4.2.2 full")
            .unwrap();
        is_accepted_for_b_alone(&receipt);
    });
}

// Conformance: 62
#[test]
fn each_accepted_recipient_has_a_reply_after_the_last_chunk() {
    both_ways(lmtp, |talk| {
        accepted(talk, "CHUNKING", "");
        let receipt = talk
            .finish(b"x", "C: BDAT 3 LAST\nC: x\nS: 250 ok\nS: 452 4.2.2 full")
            .unwrap();
        is_accepted_for_b_alone(&receipt);
    });
}

// Conformance: 62
#[test]
fn a_message_that_is_stored_for_nobody_is_refused() {
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
fn a_recipient_without_a_reply_when_the_connection_ends_is_unknown() {
    both_ways(lmtp, |talk| {
        accepted(talk, "X-NONE", "C: DATA");
        talk.session.write(b"x").unwrap();
        talk.session.finish();
        talk.expect_ok("C: x\nC: .\nS: 250 stored");
        assert_eq!(talk.session.phase(), Phase::Acceptance);
        let lost = talk.session.fail(Error::Disconnected(Phase::Acceptance));
        let receipt = talk.session.message_result(Err(lost)).unwrap();
        assert_eq!(codes(&receipt.accepted), [("b@mail.test", 250)]);
        assert_eq!(codes(&receipt.refused), [("c@mail.test", 550)]);
        assert_eq!(receipt.unknown, ["d@mail.test"]);
    });
}

// Conformance: 24, 62
#[test]
fn a_recipient_whose_reply_is_neither_yes_nor_no_is_unknown() {
    both_ways(lmtp, |talk| {
        accepted(talk, "X-NONE", "C: DATA");
        talk.session.write(b"x").unwrap();
        talk.session.finish();
        talk.expect_ok("C: x\nC: .\nS: 250 stored");
        let error = talk.expect_err("S: 354 go");
        assert!(
            matches!(error, Error::Protocol(Phase::Acceptance, _)),
            "{error:?}"
        );
        let receipt = talk.session.message_result(Err(error)).unwrap();
        assert_eq!(codes(&receipt.accepted), [("b@mail.test", 250)]);
        assert_eq!(receipt.unknown, ["d@mail.test"]);
    });
}

// Conformance: 62
#[test]
fn neither_ehlo_nor_helo_follows_a_refused_lhlo() {
    both_ways(lmtp, |talk| {
        let error = talk.expect_err("S: 220 mail.test\nC: LHLO client.test\nS: 550 not you");
        assert!(
            matches!(error, Error::Rejected(Phase::Hello, _)),
            "{error:?}"
        );
        assert_eq!(talk.said(), "");
    });
}

// Conformance: 62
#[test]
fn the_error_says_smtp_if_the_server_does_not_know_lhlo() {
    for code in [500, 502] {
        both_ways(lmtp, |talk| {
            let error = talk.expect_err(&format!(
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
fn the_error_says_lmtp_if_the_server_knows_neither_ehlo_nor_helo() {
    for code in [500, 502] {
        both_ways(setup, |talk| {
            let error = talk.expect_err(&format!(
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
    // A server that refuses this client need not speak another protocol.
    both_ways(setup, |talk| {
        let error = talk.expect_err(
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
        talk.expect_ok("S: 220 x\nC: LHLO client.test\nS: 250-x\nS: 250 PIPELINING");
        talk.deliver_to(&["ann+folder", "\"a>b\""]);
        talk.expect_ok(
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
    both_ways(setup, |talk| {
        talk.open(&[]);
        let begun = talk.deliver("a@client.test", &["ann"], b"x", true);
        assert!(matches!(begun, Err(Error::InvalidArgument(_))), "{begun:?}");
    });
}

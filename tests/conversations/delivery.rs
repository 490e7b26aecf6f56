//! MAIL, RCPT, DATA, the message, and the effect of each reply.

use envoi::smtp::config::{PartialDelivery, Protocol};
use envoi::smtp::delivery::MessageInfo;
use envoi::smtp::envelope::Envelope;
use envoi::smtp::error::{Error, Phase};
use envoi::smtp::parameters::{BodyType, Options};
use envoi::smtp::session::Action;

use crate::conversation::{Conversation, both_ways, setup, unavailable};

const GROUP_TO_TWO: &str = "C: MAIL FROM:<a@client.test>
    C: RCPT TO:<b@mail.test>
    C: RCPT TO:<c@mail.test>
    C: DATA\n";

fn codes(replies: &[envoi::smtp::error::RecipientReply]) -> Vec<(&str, u16)> {
    replies
        .iter()
        .map(|r| (r.recipient.as_str(), r.reply.code))
        .collect()
}

/// Greeting, EHLO with PIPELINING, and the envelope of a message to b and c in one flight.
fn to_two(talk: &mut Conversation) {
    talk.open(&["PIPELINING"]);
    talk.deliver_to(&["b@mail.test", "c@mail.test"]);
    talk.expect_ok(GROUP_TO_TWO);
}

/// Asserts that the session takes another message, which begins with RSET.
fn is_usable_after_reset(talk: &mut Conversation) {
    talk.deliver_to(&["d@mail.test"]);
    talk.expect_ok("C: RSET\nC: MAIL FROM:<a@client.test>\nC: RCPT TO:<d@mail.test>\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go");
    let receipt = talk
        .finish(b"Hello\r\n", "C: Hello\nC: .\nS: 250 ok")
        .unwrap();
    assert_eq!(codes(&receipt.accepted), [("d@mail.test", 250)]);
}

// Conformance: 15, 30
#[test]
fn envelope_and_data_leave_in_one_flight_if_the_server_pipelines() {
    both_ways(setup, |talk| {
        to_two(talk);
        assert_eq!(
            talk.expect_ok("S: 250 ok\nS: 250 ok\nS: 251 will forward\nS: 354 go"),
            Action::Idle
        );
        let receipt = talk
            .finish(b"Hello\r\n", "C: Hello\nC: .\nS: 250 2.0.0 queued as 4711")
            .unwrap();
        assert_eq!(
            codes(&receipt.accepted),
            [("b@mail.test", 250), ("c@mail.test", 250)]
        );
        assert_eq!(receipt.accepted[0].reply.lines, ["2.0.0 queued as 4711"]);
        assert!(receipt.refused.is_empty());
    });
}

// Conformance: 6
#[test]
fn each_command_waits_for_its_reply_if_the_server_does_not_pipeline() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        talk.deliver_to(&["b@mail.test", "c@mail.test"]);
        talk.expect_ok(
            "C: MAIL FROM:<a@client.test>
             S: 250 ok
             C: RCPT TO:<b@mail.test>
             S: 250 ok
             C: RCPT TO:<c@mail.test>
             S: 250 ok
             C: DATA
             S: 354 go",
        );
        talk.finish(b"x", "C: x\nC: .\nS: 250 ok").unwrap();
    });
}

// Conformance: 13
#[test]
fn a_second_message_needs_no_reset() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING"]);
        for _ in 0..2 {
            talk.deliver_to(&["b@mail.test"]);
            talk.expect_ok("C: MAIL FROM:<a@client.test>\nC: RCPT TO:<b@mail.test>\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go");
            talk.finish(b"x\r\n", "C: x\nC: .\nS: 250 ok").unwrap();
        }
    });
}

// Conformance: 16, 31
#[test]
fn the_message_goes_to_the_other_recipient_if_one_is_refused() {
    both_ways(setup, |talk| {
        to_two(talk);
        talk.expect_ok("S: 250 ok\nS: 550 5.1.1 unknown\nS: 250 ok\nS: 354 go");
        let receipt = talk.finish(b"x\r\n", "C: x\nC: .\nS: 250 ok").unwrap();
        assert_eq!(codes(&receipt.accepted), [("c@mail.test", 250)]);
        assert_eq!(codes(&receipt.refused), [("b@mail.test", 550)]);
    });
}

// Conformance: 15, 27, 30
#[test]
fn all_recipients_refused_sends_no_message_and_keeps_the_session() {
    both_ways(setup, |talk| {
        to_two(talk);
        let error = talk.expect_err("S: 250 ok\nS: 550 no\nS: 450 later\nS: 503 no recipients");
        let Error::RecipientsRefused(refused) = error else {
            panic!("{error:?}")
        };
        assert_eq!(
            codes(&refused),
            [("b@mail.test", 550), ("c@mail.test", 450)]
        );
        is_usable_after_reset(talk);
    });
}

// Conformance: 32
#[test]
fn a_354_without_recipients_is_answered_with_a_dot_alone() {
    both_ways(setup, |talk| {
        to_two(talk);
        let error = talk.expect_err(
            "S: 250 ok\nS: 550 no\nS: 550 no\nS: 354 go\nC: .\nS: 554 no valid recipients",
        );
        assert!(matches!(error, Error::RecipientsRefused(_)), "{error:?}");
        is_usable_after_reset(talk);
    });
}

// Conformance: 31
#[test]
fn a_refused_sender_stops_the_message() {
    both_ways(setup, |talk| {
        to_two(talk);
        let error = talk.expect_err("S: 550 5.7.1 not you\nS: 503 no\nS: 503 no\nS: 503 no");
        assert!(
            matches!(&error, Error::Rejected(Phase::Mail, reply) if reply.code == 550),
            "{error:?}"
        );
        is_usable_after_reset(talk);
    });
}

// Conformance: 32
#[test]
fn a_354_after_a_refused_sender_ends_the_session_instead_of_sending_an_empty_message() {
    both_ways(setup, |talk| {
        to_two(talk);
        let error = talk.expect_err("S: 550 not you\nS: 250 ok\nS: 250 ok\nS: 354 go");
        assert!(
            matches!(error, Error::Rejected(Phase::Mail, _)),
            "{error:?}"
        );
        assert!(!talk.session.is_open());
        assert_eq!(talk.said(), "");
    });
}

#[test]
fn nothing_follows_a_refused_sender_if_the_server_does_not_pipeline() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        talk.deliver_to(&["b@mail.test"]);
        let error = talk.expect_err("C: MAIL FROM:<a@client.test>\nS: 451 later");
        assert!(
            matches!(error, Error::Rejected(Phase::Mail, _)),
            "{error:?}"
        );
        assert_eq!(talk.said(), "");
    });
}

// Conformance: 15
#[test]
fn data_is_not_sent_without_recipients_if_the_server_does_not_pipeline() {
    both_ways(setup, |talk| {
        talk.open(&[]);
        talk.deliver_to(&["b@mail.test"]);
        let error = talk.expect_err(
            "C: MAIL FROM:<a@client.test>\nS: 250 ok\nC: RCPT TO:<b@mail.test>\nS: 550 no",
        );
        assert!(matches!(error, Error::RecipientsRefused(_)), "{error:?}");
        assert_eq!(talk.said(), "");
    });
}

// Conformance: 15, 32
#[test]
fn refused_data_is_a_rejection_in_the_data_phase() {
    both_ways(setup, |talk| {
        to_two(talk);
        let error = talk.expect_err("S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 451 not now");
        assert!(
            matches!(error, Error::Rejected(Phase::Data, _)),
            "{error:?}"
        );
        is_usable_after_reset(talk);
    });
}

// Conformance: 15
#[test]
fn no_message_is_sent_unless_354_came() {
    both_ways(setup, |talk| {
        to_two(talk);
        let error = talk.expect_err("S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 go");
        assert!(
            matches!(error, Error::Protocol(Phase::Data, _)),
            "{error:?}"
        );
        assert!(!talk.session.is_open());
    });
}

// Conformance: 22
#[test]
fn the_session_goes_on_after_a_refused_message() {
    both_ways(setup, |talk| {
        to_two(talk);
        talk.expect_ok("S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go");
        let error = talk
            .finish(b"x\r\n", "C: x\nC: .\nS: 554 5.7.1 spam")
            .unwrap_err();
        assert!(
            matches!(&error, Error::Rejected(Phase::Acceptance, reply) if reply.code == 554),
            "{error:?}"
        );
        talk.deliver_to(&["b@mail.test"]);
        talk.expect_ok("C: MAIL FROM:<a@client.test>\nC: RCPT TO:<b@mail.test>\nC: DATA");
    });
}

#[test]
fn a_reply_in_the_middle_of_the_message_ends_the_session() {
    both_ways(setup, |talk| {
        to_two(talk);
        talk.expect_ok("S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go");
        talk.session.write(b"half a li").unwrap();
        talk.hear(b"552 5.3.4 too big\r\n").unwrap();
        let error = talk.session.process_pending_replies().unwrap_err();
        assert!(
            matches!(&error, Error::Rejected(Phase::Content, reply) if reply.code == 552),
            "{error:?}"
        );
        assert!(!talk.session.is_open());
    });
}

#[test]
fn an_accepted_message_stays_accepted_whatever_the_server_says_next() {
    for next in ["421 4.3.2 closing", "250 and again", "\u{7f}junk"] {
        both_ways(setup, |talk| {
            to_two(talk);
            talk.expect_ok("S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go");
            let reply = format!("C: x\nC: .\nS: 250 queued\nS: {next}");
            let receipt = talk.finish(b"x\r\n", &reply).unwrap();
            assert_eq!(receipt.accepted.len(), 2);
            assert!(talk.session.has_unsolicited() || !talk.session.is_open());
        });
    }
}

// Conformance: 31
#[test]
fn an_unsolicited_reply_does_not_answer_the_next_command() {
    both_ways(setup, |talk| {
        talk.expect_ok("S: 220 mail.test ESMTP\nC: EHLO client.test");
        talk.expect_ok("S: 250 mail.test");
        talk.session.receive(b"250 too many\r\n").unwrap();
        talk.deliver_to(&["b@mail.test"]);
        let error = talk.session.next_action().unwrap_err();
        assert!(matches!(error, Error::Protocol(..)), "{error:?}");
        assert_eq!(talk.said(), "");
    });
}

// Conformance: 24
#[test]
fn the_phase_tells_whether_a_message_may_have_left() {
    both_ways(setup, |talk| {
        to_two(talk);
        talk.expect_ok("S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go");
        talk.session.write(b"x").unwrap();
        assert_eq!(talk.session.phase(), Phase::Content);
        talk.session.finish();
        talk.session.take_output();
        assert_eq!(talk.session.phase(), Phase::Content);
        talk.session.mark_message_sent();
        assert_eq!(talk.session.phase(), Phase::Acceptance);
    });
}

// Conformance: 23
#[test]
fn a_421_in_a_group_ends_the_session_in_the_phase_of_its_command() {
    both_ways(setup, |talk| {
        to_two(talk);
        let error = talk.expect_err("S: 250 ok\nS: 421 closing");
        assert!(
            matches!(&error, Error::Rejected(Phase::Rcpt, reply) if reply.code == 421),
            "{error:?}"
        );
        assert!(!talk.session.is_open());
    });
}

#[test]
fn all_or_nothing_waits_for_all_recipients_before_data() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING"]);
        talk.deliver(
            "a@client.test",
            &["b@mail.test", "c@mail.test"],
            b"x",
            false,
        )
        .unwrap();
        let group =
            "C: MAIL FROM:<a@client.test>\nC: RCPT TO:<b@mail.test>\nC: RCPT TO:<c@mail.test>\n";
        let error = talk.expect_err(&format!("{group}S: 250 ok\nS: 250 ok\nS: 550 no"));
        let Error::RecipientsRefused(refused) = error else {
            panic!("{error:?}")
        };
        assert_eq!(codes(&refused), [("c@mail.test", 550)]);

        talk.deliver(
            "a@client.test",
            &["b@mail.test", "c@mail.test"],
            b"x",
            false,
        )
        .unwrap();
        talk.expect_ok(&format!(
            "C: RSET\n{group}S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 ok\nC: DATA\nS: 354 go"
        ));
        let receipt = talk.finish(b"x", "C: x\nC: .\nS: 250 ok").unwrap();
        assert_eq!(receipt.accepted.len(), 2);
    });
}

// Conformance: 28
#[test]
fn the_null_reverse_path_is_empty_brackets() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING"]);
        talk.deliver("", &["b@mail.test"], b"x", true).unwrap();
        talk.expect_ok("C: MAIL FROM:<>\nC: RCPT TO:<b@mail.test>\nC: DATA");
    });
}

// Conformance: 14, 55, 56
#[test]
fn size_and_8bitmime_are_declared_if_they_are_offered() {
    both_ways(setup, |talk| {
        talk.open(&["SIZE 1000", "8BITMIME"]);
        talk.deliver("a@client.test", &["b@mail.test"], b".\n\n\xe4", true)
            .unwrap();
        talk.expect_ok("C: MAIL FROM:<a@client.test> SIZE=8 BODY=8BITMIME");
    });
}

// Conformance: 56
#[test]
fn a_message_over_the_size_limit_is_not_started() {
    both_ways(setup, |talk| {
        talk.open(&["SIZE 4"]);
        let error = talk
            .deliver("a@client.test", &["b@mail.test"], b"abc", true)
            .unwrap_err();
        assert_eq!(error, Error::MessageTooLarge(4));
        talk.deliver("a@client.test", &["b@mail.test"], b"ab", true)
            .unwrap();
        talk.expect_ok("C: MAIL FROM:<a@client.test> SIZE=4");
    });
}

// Conformance: 14, 53, 55
#[test]
fn a_message_that_needs_a_missing_extension_is_not_started() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING"]);
        for (address, message, keyword, words) in [
            ("b@mail.test", &b"\xe4"[..], "8BITMIME", "line 1"),
            (
                "b@mail.test",
                b"To: x\n\n\xe4",
                "8BITMIME",
                "quoted-printable",
            ),
            ("b@mail.test", b"To: \xe4", "8BITMIME", "field `To`"),
            (
                "jörg@mail.test",
                b"x",
                "SMTPUTF8",
                "address `jörg@mail.test`",
            ),
            ("jörg@mail.test", b"x", "SMTPUTF8", "ASCII address"),
        ] {
            let begun = talk.deliver("a@client.test", &[address], message, true);
            let (missing, reason) = unavailable(begun);
            assert_eq!(missing, keyword);
            assert!(reason.contains(words), "{reason}");
        }
        assert_eq!(talk.said(), "");
    });
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING", "8BITMIME"]);
        let message = "Subject: Zoë\n\nHello".as_bytes();
        let begun = talk.deliver("a@client.test", &["b@mail.test"], message, true);
        let (missing, reason) = unavailable(begun);
        assert_eq!(missing, "SMTPUTF8");
        assert!(
            reason.contains("field `Subject`") && reason.contains("encoded words"),
            "{reason}"
        );
        assert_eq!(talk.said(), "");
    });
}

// Conformance: 54, 55
#[test]
fn a_body_alone_and_a_header_in_latin_1_go_as_8bitmime() {
    for message in [
        "Liebe Zoë,\nherzliche Grüße\n".as_bytes(),
        b"Subject: Facture re\xe7ue\n\nBonjour\n",
    ] {
        both_ways(setup, |talk| {
            talk.open(&["PIPELINING", "8BITMIME", "SMTPUTF8"]);
            talk.deliver("a@client.test", &["b@mail.test"], message, true)
                .unwrap();
            talk.expect_ok(
                "C: MAIL FROM:<a@client.test> BODY=8BITMIME
                 C: RCPT TO:<b@mail.test>
                 C: DATA",
            );
        });
    }
}

// Conformance: 54
#[test]
fn a_header_in_utf8_is_declared() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING", "8BITMIME", "SMTPUTF8"]);
        let message = "Subject: Zoë\n\nHello".as_bytes();
        talk.deliver("a@client.test", &["b@mail.test"], message, true)
            .unwrap();
        talk.expect_ok(
            "C: MAIL FROM:<a@client.test> BODY=8BITMIME SMTPUTF8
             C: RCPT TO:<b@mail.test>
             C: DATA",
        );
    });
}

/// Starts a message in pieces to b, up to the point at which its content can leave.
fn in_pieces(talk: &mut Conversation, extensions: &[&str], options: &Options) {
    talk.open(&[extensions, &["PIPELINING"]].concat());
    let recipients = ["b@mail.test".to_string()];
    let envelope = Envelope::parse(Some("a@client.test"), &recipients, Protocol::Smtp).unwrap();
    talk.session
        .start_message(
            envelope,
            options,
            MessageInfo::Unknown,
            PartialDelivery::Allowed,
        )
        .unwrap();
    talk.session.next_action().unwrap();
    talk.said();
    talk.expect_ok("S: 250 ok\nS: 250 ok");
    if !extensions.contains(&"CHUNKING") {
        talk.expect_ok("S: 354 go");
    }
}

fn write(talk: &mut Conversation, pieces: &[&[u8]]) -> Result<(), Error> {
    pieces
        .iter()
        .try_for_each(|piece| talk.session.write(piece))
}

// Conformance: 53, 54, 55
#[test]
fn a_piece_that_needs_an_undeclared_extension_ends_the_session() {
    let [subject, body] = ["Subject: Zoë\r\n".as_bytes(), "Zoë\r\n".as_bytes()];
    let none = Options::default();
    both_ways(setup, |talk| {
        in_pieces(talk, &["8BITMIME"], &none);
        let (missing, reason) = unavailable(write(talk, &[b"Subject: Zo\xc3", b"\xab\r\n"]));
        assert_eq!(missing, "SMTPUTF8");
        assert!(reason.contains("field `Subject`"), "{reason}");
        assert!(!talk.session.is_open());
    });
    both_ways(setup, |talk| {
        in_pieces(talk, &["8BITMIME", "SMTPUTF8"], &none);
        let error = write(talk, &[subject]).unwrap_err();
        assert!(
            matches!(&error, Error::InvalidArgument(why)
                if why.contains("`Subject`") && why.contains("set-smtputf8")),
            "{error:?}"
        );
    });
    both_ways(setup, |talk| {
        in_pieces(talk, &[], &none);
        let (missing, reason) = unavailable(write(talk, &[b"To: x\r\n\r\n", body]));
        assert_eq!(missing, "8BITMIME");
        assert!(reason.contains("line 3"), "{reason}");
    });
}

// Conformance: 54, 55
#[test]
fn pieces_with_a_body_or_a_header_in_latin_1_need_8bitmime_alone() {
    let none = Options::default();
    for pieces in [
        &[&b"Zo"[..], b"\xc3", b"\xab\r\nSubject: \xc3\xab"][..],
        &[b"Subject: re\xe7", b"ue\r\n"],
        &[b"Subject: re\xe7ue\r\nX-Name: \xc3\xab\r\n"],
    ] {
        both_ways(setup, |talk| {
            in_pieces(talk, &["8BITMIME", "SMTPUTF8"], &none);
            write(talk, pieces).unwrap();
        });
        both_ways(setup, |talk| {
            in_pieces(talk, &["8BITMIME"], &none);
            write(talk, pieces).unwrap();
        });
    }
}

// Conformance: 38, 53
#[test]
fn binary_content_in_pieces_is_judged_by_its_header_alone() {
    let mut binary = Options::default();
    binary.set_body(BodyType::BinaryMime);
    let offered = ["CHUNKING", "BINARYMIME"];
    both_ways(setup, |talk| {
        in_pieces(talk, &offered, &binary);
        write(talk, &[b"Subject: re\xe7ue\r\n\r\n", b"\0\xc3\xab\n"]).unwrap();
    });
    both_ways(setup, |talk| {
        in_pieces(talk, &offered, &binary);
        let (missing, reason) = unavailable(write(talk, &["Subject: Zoë\r\n".as_bytes()]));
        assert_eq!(missing, "SMTPUTF8");
        assert!(reason.contains("`Subject`"), "{reason}");
    });
}

// Conformance: 54
#[test]
fn smtputf8_is_declared_only_if_an_address_needs_it() {
    both_ways(setup, |talk| {
        talk.open(&["SMTPUTF8", "PIPELINING"]);
        talk.deliver("a@client.test", &["jörg@mail.test"], b"x", true)
            .unwrap();
        talk.expect_ok("C: MAIL FROM:<a@client.test> SMTPUTF8\nC: RCPT TO:<jörg@mail.test>\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go");
        talk.finish(b"x", "C: x\nC: .\nS: 250 ok").unwrap();
        talk.deliver_to(&["b@mail.test"]);
        talk.expect_ok("C: MAIL FROM:<a@client.test>\nC: RCPT TO:<b@mail.test>\nC: DATA");
    });
}

// Conformance: 56
#[test]
fn binary_content_in_pieces_is_counted_unchanged_against_the_servers_limit() {
    let mut binary = Options::default();
    binary.set_body(BodyType::BinaryMime);
    let offered = ["CHUNKING", "BINARYMIME", "SIZE 4"];
    both_ways(setup, |talk| {
        in_pieces(talk, &offered, &binary);
        write(talk, &[b"\n", b"\r\0", b"x"]).unwrap();
        talk.session.finish();
        assert_eq!(talk.said(), "BDAT 4 LAST\r\n\n\r\0x");
        assert!(talk.transcript().contains("<message of 4 octets>"));
    });
    both_ways(setup, |talk| {
        in_pieces(talk, &offered, &binary);
        let error = write(talk, &[b"\n\r\0x", b"y"]).unwrap_err();
        assert_eq!(error, Error::MessageTooLarge(4));
        assert!(!talk.session.is_open());
    });
}

// Conformance: 1, 18, 19
#[test]
fn dots_are_stuffed_and_line_ends_repaired_for_data() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING"]);
        let message = b".one\n..two\rthree\r\n.";
        talk.deliver("a@client.test", &["b@mail.test"], message, true)
            .unwrap();
        talk.expect_ok("C: MAIL FROM:<a@client.test>\nC: RCPT TO:<b@mail.test>\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go");
        talk.finish(
            message,
            "C: ..one\nC: ...two\nC: three\nC: ..\nC: .\nS: 250 ok",
        )
        .unwrap();
        let transcript = talk.transcript();
        assert!(
            transcript.contains("Client: <message of 23 octets>"),
            "{transcript}"
        );
    });
}

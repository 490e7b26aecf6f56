//! Pipelining around a message: its envelope before it, and QUIT or the next envelope behind it.

use envoi::smtp::config::PipeliningAfterMessage;
use envoi::smtp::error::{Error, Phase, Timeout};
use envoi::smtp::receipt::Receipt;

use crate::conversation::{Conversation, Setup, both_ways, setup};

const MESSAGE: &[u8] = b"Hello\r\n";
const ENVELOPE: &str = "C: MAIL FROM:<a@client.test>
     C: RCPT TO:<b@mail.test>
     C: RCPT TO:<c@mail.test>\n";

/// Sends an envelope and the content behind it in one flight.
fn send_early(talk: &mut Conversation) {
    talk.open(&["PIPELINING", "CHUNKING"]);
    talk.deliver_to(&["b@mail.test", "c@mail.test"]);
    assert!(talk.session.may_pipeline_content(MESSAGE.len() as u64));
    talk.session.pipeline_content();
    talk.session.write(MESSAGE).unwrap();
    talk.session.finish();
    talk.expect_ok(&format!("{ENVELOPE}C: BDAT 7 LAST\nC: Hello"));
}

/// The outcome of the message after these replies.
fn outcome(talk: &mut Conversation, replies: &str) -> Result<Receipt, Error> {
    talk.run(replies)?;
    Ok(talk.session.take_receipt().expect("a receipt"))
}

// Conformance: 36
#[test]
fn a_small_message_leaves_with_its_envelope() {
    both_ways(setup, |talk| {
        send_early(talk);
        assert_eq!(talk.session.phase(), Phase::Acceptance);
        let receipt = outcome(talk, "S: 250 ok\nS: 250 ok\nS: 550 no\nS: 250 queued").unwrap();
        assert_eq!(receipt.accepted.len(), 1);
        assert_eq!(receipt.refused[0].recipient, "c@mail.test");
        // The next message leaves as usual.
        talk.deliver_to(&["b@mail.test", "c@mail.test"]);
        talk.expect_ok(ENVELOPE);
    });
}

#[test]
fn an_early_message_without_recipients_fails_with_their_refusals() {
    for answer in ["554 no valid recipients", "250 thrown away"] {
        both_ways(setup, |talk| {
            send_early(talk);
            let replies = format!("S: 250 ok\nS: 550 no\nS: 550 no\nS: {answer}");
            let error = outcome(talk, &replies).unwrap_err();
            assert!(matches!(&error, Error::RecipientsRefused(refused) if refused.len() == 2));
            talk.deliver_to(&["b@mail.test", "c@mail.test"]);
            talk.expect_ok(&format!("C: RSET\n{ENVELOPE}"));
        });
    }
}

#[test]
fn an_early_message_fails_with_the_refusal_of_its_sender() {
    both_ways(setup, |talk| {
        send_early(talk);
        let replies = "S: 550 no\nS: 503 no\nS: 503 no\nS: 503 no";
        let error = outcome(talk, replies).unwrap_err();
        assert!(
            matches!(error, Error::Rejected(Phase::Mail, _)),
            "{error:?}"
        );
        assert!(talk.session.is_open());
    });
}

#[test]
fn an_early_message_may_be_delivered_if_the_replies_to_its_envelope_are_nonsense() {
    for nonsense in ["354 go", "334 go", "junk"] {
        both_ways(setup, |talk| {
            send_early(talk);
            let error = outcome(talk, &format!("S: 250 ok\nS: {nonsense}")).unwrap_err();
            let is_unknown = matches!(error, Error::Protocol(Phase::Acceptance, _));
            assert!(is_unknown && error.may_have_been_delivered(), "{error:?}");
        });
    }
}

// Conformance: 23
#[test]
fn a_server_that_says_421_to_one_recipient_may_still_take_an_early_message_for_the_other() {
    both_ways(setup, |talk| {
        send_early(talk);
        let receipt = outcome(talk, "S: 250 ok\nS: 421 no\nS: 250 ok\nS: 250 queued").unwrap();
        assert_eq!(receipt.accepted[0].recipient, "c@mail.test");
        assert_eq!(receipt.refused[0].recipient, "b@mail.test");
        // It has announced that it closes the connection.
        assert!(!talk.session.takes_more());
    });
}

// Conformance: 23
#[test]
fn an_early_message_is_not_sent_if_the_server_says_421_and_closes() {
    for replies in [
        "S: 421 bye",
        "S: 250 ok\nS: 421 bye",
        "S: 250 ok\nS: 250 ok\nS: 421 bye",
    ] {
        both_ways(setup, |talk| {
            send_early(talk);
            assert!(talk.run(replies).is_ok());
            let error = talk.session.fail(Error::Disconnected(Phase::Acceptance));
            let is_421 = matches!(&error, Error::Rejected(_, reply) if reply.code == 421);
            assert!(is_421 && !error.may_have_been_delivered(), "{error:?}");
            assert!(!talk.session.is_open());
        });
    }
}

#[test]
fn an_early_message_may_be_delivered_if_the_server_says_421_and_is_silent() {
    both_ways(setup, |talk| {
        send_early(talk);
        talk.run("S: 250 ok\nS: 250 ok\nS: 421 bye").unwrap();
        let silence = Error::Timeout(Phase::Acceptance, Timeout::Acceptance);
        let error = talk.session.fail(silence);
        assert!(error.may_have_been_delivered(), "{error:?}");
    });
}

#[test]
fn a_large_message_and_one_for_data_do_not_leave_with_their_envelopes() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING", "CHUNKING"]);
        talk.deliver_to(&["b@mail.test"]);
        assert!(talk.session.may_pipeline_content(65535));
        assert!(!talk.session.may_pipeline_content(65536));
    });
    for extensions in [&["PIPELINING"][..], &["CHUNKING"]] {
        both_ways(setup, |talk| {
            talk.open(extensions);
            talk.deliver_to(&["b@mail.test"]);
            assert!(!talk.session.may_pipeline_content(1));
        });
    }
}

#[test]
fn a_message_for_all_or_none_does_not_leave_before_all_are_accepted() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING", "CHUNKING"]);
        talk.deliver(
            "a@client.test",
            &["b@mail.test", "c@mail.test"],
            MESSAGE,
            false,
        )
        .unwrap();
        assert!(!talk.session.may_pipeline_content(1));
    });
}

/// Writes a message and finishes it. The octets are still to be taken.
fn accepted(talk: &mut Conversation) {
    talk.open(&["PIPELINING"]);
    talk.deliver_to(&["b@mail.test", "c@mail.test"]);
    talk.expect_ok(&format!(
        "{ENVELOPE}C: DATA\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go"
    ));
    talk.session.write(MESSAGE).unwrap();
    talk.session.finish();
}

// Conformance: 34
#[test]
fn quit_leaves_with_the_end_of_the_last_message() {
    both_ways(setup, |talk| {
        accepted(talk);
        talk.session.pipeline_quit();
        talk.expect_ok("C: Hello\nC: .\nC: QUIT");
        let receipt = outcome(talk, "S: 250 queued\nS: 221 bye").unwrap();
        assert_eq!(receipt.accepted.len(), 2);
        assert!(!talk.session.is_open());
    });
}

#[test]
fn a_message_refused_before_the_answer_to_quit_is_refused() {
    both_ways(setup, |talk| {
        accepted(talk);
        talk.session.pipeline_quit();
        let error = talk.expect_err("C: Hello\nC: .\nC: QUIT\nS: 552 no");
        assert!(
            matches!(error, Error::Rejected(Phase::Acceptance, _)),
            "{error:?}"
        );
        talk.expect_ok("S: 221 bye");
        assert!(!talk.session.is_open());
    });
}

// Conformance: 34
#[test]
fn a_message_with_quit_behind_it_may_have_been_delivered_once_it_has_left() {
    both_ways(setup, |talk| {
        accepted(talk);
        talk.session.pipeline_quit();
        let output = talk.session.take_output();
        assert_eq!(&output.first[..], b"Hello\r\n.\r\n");
        assert_eq!(&output.after_message[..], b"QUIT\r\n");
        assert_eq!(talk.session.phase(), Phase::Content, "nothing has left");
        talk.session.mark_message_sent();
        assert_eq!(talk.session.phase(), Phase::Acceptance);
        talk.expect_ok("S: 250 queued");
        assert_eq!(talk.session.phase(), Phase::Quit);
    });
}

/// Sends a message in a chunk. Its end is not written yet.
fn accepted_for_bdat(talk: &mut Conversation) {
    talk.open(&["PIPELINING", "CHUNKING"]);
    talk.deliver_to(&["b@mail.test", "c@mail.test"]);
    talk.expect_ok(&format!("{ENVELOPE}S: 250 ok\nS: 250 ok\nS: 250 ok"));
    talk.session.write(MESSAGE).unwrap();
}

fn accepted_for_data(talk: &mut Conversation) {
    talk.open(&["PIPELINING"]);
    talk.deliver_to(&["b@mail.test", "c@mail.test"]);
    talk.expect_ok(&format!(
        "{ENVELOPE}C: DATA\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go"
    ));
    talk.session.write(MESSAGE).unwrap();
}

#[test]
fn the_caller_chooses_whether_quit_may_leave_with_the_end_of_a_message() {
    use PipeliningAfterMessage::{AfterBdat, Always, Never};
    for (when, after_data, after_bdat) in [
        (Never, false, false),
        (AfterBdat, false, true),
        (Always, true, true),
    ] {
        let setup = || Setup {
            pipelining_after_message: when,
            ..setup()
        };
        both_ways(setup, |talk| {
            accepted_for_data(talk);
            assert_eq!(talk.session.may_pipeline_quit(), after_data, "{when:?}");
        });
        both_ways(setup, |talk| {
            accepted_for_bdat(talk);
            assert_eq!(talk.session.may_pipeline_quit(), after_bdat, "{when:?}");
        });
    }
}

/// Sends a message, and the next envelope together with its end.
fn followed(talk: &mut Conversation) {
    accepted_for_data(talk);
    talk.session.finish();
    talk.deliver_to(&["b@mail.test", "c@mail.test"]);
    talk.expect_ok(&format!("C: Hello\nC: .\n{ENVELOPE}C: DATA"));
    assert!(
        !talk.session.may_wait_in_vain(),
        "the message is not answered"
    );
}

/// Ends the connection without another reply, before any timeout.
fn end(talk: &mut Conversation) {
    let phase = talk.session.phase();
    talk.session.fail(Error::Disconnected(phase));
    talk.session.learn_lost_envelope();
}

/// Whether the memory says that nothing may leave with the end of a message to this server.
fn is_learned(talk: &Conversation) -> bool {
    talk.session.memory().drops_after_message()
}

#[test]
fn the_next_envelope_leaves_alone_if_the_server_expects_nothing_behind_a_message() {
    let order = "S: 503 5.5.0 pipelined after end of DATA\n";
    both_ways(setup, |talk| {
        followed(talk);
        let receipt = outcome(talk, &format!("S: 250 queued\n{}", order.repeat(4)));
        assert_eq!(receipt.unwrap().accepted.len(), 2);
        assert!(talk.session.is_open() && is_learned(talk));
        talk.deliver_to(&["b@mail.test", "c@mail.test"]);
        talk.expect_ok(&format!(
            "C: RSET\n{ENVELOPE}C: DATA\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go"
        ));
        talk.session.write(MESSAGE).unwrap();
        assert!(!talk.session.may_pipeline_quit());
    });
}

#[test]
fn a_503_behind_a_message_counts_if_any_other_command_was_judged() {
    for replies in [
        "S: 550 5.7.1 not you\nS: 503 first MAIL\nS: 503 first MAIL\nS: 503 first MAIL",
        "S: 250 ok\nS: 503 not now\nS: 503 not now\nS: 503 no recipient",
        "S: 503 not now\nS: 550 5.1.1 no one\nS: 550 5.1.1 no one\nS: 503 no recipient",
    ] {
        both_ways(setup, |talk| {
            followed(talk);
            talk.expect_err(&format!("S: 250 queued\n{replies}"));
            assert!(talk.session.is_open() && !is_learned(talk));
        });
    }
}

#[test]
fn an_unanswered_envelope_behind_a_message_may_be_lost() {
    both_ways(setup, |talk| {
        followed(talk);
        talk.expect_ok("S: 250 queued");
        assert!(talk.session.may_wait_in_vain());
        end(talk);
        assert!(is_learned(talk));
    });
}

#[test]
fn a_server_that_answers_mail_has_read_the_envelope_and_may_take_its_time() {
    both_ways(setup, |talk| {
        followed(talk);
        talk.expect_ok("S: 250 queued\nS: 250 ok");
        assert!(!talk.session.may_wait_in_vain());
        end(talk);
        assert!(!is_learned(talk));
    });
}

#[test]
fn an_unanswered_message_says_nothing_about_the_envelope_behind_it() {
    both_ways(setup, |talk| {
        followed(talk);
        end(talk);
        assert!(!is_learned(talk));
    });
}

#[test]
fn a_refusal_of_data_alone_does_not_judge_an_envelope() {
    both_ways(setup, |talk| {
        followed(talk);
        let replies = "S: 250 queued\nS: 503 no\nS: 503 no\nS: 503 no\nS: 554 no recipients";
        outcome(talk, replies).unwrap();
        assert!(talk.session.is_open() && is_learned(talk));
    });
}

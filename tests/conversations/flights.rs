//! What leaves together with a message: its envelope before it, QUIT or the next envelope behind it.

use envoi::smtp::envelope::Receipt;
use envoi::smtp::error::{Error, Phase};

use crate::talk::{Talk, both_ways, plan};

const MESSAGE: &[u8] = b"Hello\r\n";
const ENVELOPE: &str = "C: MAIL FROM:<a@client.test>
     C: RCPT TO:<b@mail.test>
     C: RCPT TO:<c@mail.test>\n";

/// An envelope with its content behind it, in one flight.
fn hurry(talk: &mut Talk) {
    talk.open(&["PIPELINING", "CHUNKING"]);
    talk.deliver_to(&["b@mail.test", "c@mail.test"]);
    assert!(talk.session.may_hurry(MESSAGE.len() as u64));
    talk.session.hurry();
    talk.session.write(MESSAGE).unwrap();
    talk.session.finish();
    talk.goes(&format!("{ENVELOPE}C: BDAT 7 LAST\nC: Hello"));
}

/// The outcome of the message, once the server has said all of this.
fn outcome(talk: &mut Talk, replies: &str) -> Result<Receipt, Error> {
    talk.run(replies)?;
    Ok(talk.session.take_receipt().expect("a receipt"))
}

// Conformance: 36
#[test]
fn a_small_message_leaves_with_its_envelope() {
    both_ways(plan, |talk| {
        hurry(talk);
        assert_eq!(talk.session.phase(), Phase::Acceptance);
        let receipt = outcome(talk, "S: 250 ok\nS: 250 ok\nS: 550 no\nS: 250 queued").unwrap();
        assert_eq!(receipt.accepted.len(), 1);
        assert_eq!(receipt.refused[0].recipient, "c@mail.test");
        // And the next as usual.
        talk.deliver_to(&["b@mail.test", "c@mail.test"]);
        talk.goes(ENVELOPE);
    });
}

#[test]
fn a_message_that_left_for_nobody_is_refused_as_its_recipients_are() {
    for answer in ["554 no valid recipients", "250 thrown away"] {
        both_ways(plan, |talk| {
            hurry(talk);
            let replies = format!("S: 250 ok\nS: 550 no\nS: 550 no\nS: {answer}");
            let error = outcome(talk, &replies).unwrap_err();
            assert!(matches!(&error, Error::RecipientsRefused(refused) if refused.len() == 2));
            talk.deliver_to(&["b@mail.test", "c@mail.test"]);
            talk.goes(&format!("C: RSET\n{ENVELOPE}"));
        });
    }
}

#[test]
fn a_message_whose_sender_is_refused_is_refused_as_that_is() {
    both_ways(plan, |talk| {
        hurry(talk);
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
fn a_large_message_and_one_for_data_do_not_leave_with_their_envelopes() {
    both_ways(plan, |talk| {
        talk.open(&["PIPELINING", "CHUNKING"]);
        talk.deliver_to(&["b@mail.test"]);
        assert!(talk.session.may_hurry(65535));
        assert!(!talk.session.may_hurry(65536));
    });
    for extensions in [&["PIPELINING"][..], &["CHUNKING"]] {
        both_ways(plan, |talk| {
            talk.open(extensions);
            talk.deliver_to(&["b@mail.test"]);
            assert!(!talk.session.may_hurry(1));
        });
    }
}

#[test]
fn a_message_for_all_or_none_does_not_leave_before_all_are_accepted() {
    both_ways(plan, |talk| {
        talk.open(&["PIPELINING", "CHUNKING"]);
        talk.deliver(
            "a@client.test",
            &["b@mail.test", "c@mail.test"],
            MESSAGE,
            false,
        )
        .unwrap();
        assert!(!talk.session.may_hurry(1));
    });
}

/// Up to where the message can leave.
fn accepted(talk: &mut Talk) {
    talk.open(&["PIPELINING"]);
    talk.deliver_to(&["b@mail.test", "c@mail.test"]);
    talk.goes(&format!(
        "{ENVELOPE}C: DATA\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go"
    ));
    talk.session.write(MESSAGE).unwrap();
    talk.session.finish();
}

// Conformance: 34
#[test]
fn quit_leaves_with_the_end_of_the_last_message() {
    both_ways(plan, |talk| {
        accepted(talk);
        talk.session.quit_behind();
        talk.goes("C: Hello\nC: .\nC: QUIT");
        let receipt = outcome(talk, "S: 250 queued\nS: 221 bye").unwrap();
        assert_eq!(receipt.accepted.len(), 2);
        assert!(!talk.session.is_open());
    });
}

#[test]
fn a_message_refused_before_the_answer_to_quit_is_refused() {
    both_ways(plan, |talk| {
        accepted(talk);
        talk.session.quit_behind();
        let error = talk.fails("C: Hello\nC: .\nC: QUIT\nS: 552 no");
        assert!(
            matches!(error, Error::Rejected(Phase::Acceptance, _)),
            "{error:?}"
        );
        talk.goes("S: 221 bye");
        assert!(!talk.session.is_open());
    });
}

// Conformance: 34
#[test]
fn what_is_lost_with_anything_behind_the_message_is_perhaps_delivered() {
    both_ways(plan, |talk| {
        accepted(talk);
        assert_eq!(talk.session.behind_message(), 0);
        talk.session.quit_behind();
        assert_eq!(talk.session.behind_message(), "QUIT\r\n".len());
        assert_eq!(talk.session.phase(), Phase::Content, "nothing has left");
        talk.goes("C: Hello\nC: .\nC: QUIT");
        assert_eq!(talk.session.phase(), Phase::Acceptance);
        talk.goes("S: 250 queued");
        assert_eq!(talk.session.phase(), Phase::Quit);
    });
}

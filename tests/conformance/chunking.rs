//! CHUNKING: BDAT (RFC 3030).

use envoi::smtp::error::{Error, Phase};
use envoi::smtp::mailbox::Mailbox;
use envoi::smtp::parameters::{BodyType, Options};
use envoi::smtp::session::Action;

use crate::conversation::{Conversation, Setup, both_ways, setup, unavailable};

/// Octets of a chunk.
const CHUNK: usize = 64 * 1024;

/// Sends the envelope of a message to b, which is accepted.
fn accepted(talk: &mut Conversation) {
    talk.open(&["PIPELINING", "CHUNKING"]);
    talk.deliver_to(&["b@mail.test"]);
    let step = talk
        .expect_ok("C: MAIL FROM:<a@client.test>\nC: RCPT TO:<b@mail.test>\nS: 250 ok\nS: 250 ok");
    assert_eq!(step, Action::Idle);
    assert_eq!(talk.said(), "");
}

/// The octets of each chunk, and whether it is marked LAST.
fn chunks(mut said: &str) -> Vec<(&str, bool)> {
    let mut chunks = Vec::new();
    while let Some((line, rest)) = said.split_once("\r\n") {
        let count = line.strip_prefix("BDAT ").expect(line);
        let (count, last) = match count.strip_suffix(" LAST") {
            Some(count) => (count, true),
            None => (count, false),
        };
        let (chunk, rest) = rest.split_at(count.parse().unwrap());
        chunks.push((chunk, last));
        said = rest;
    }
    chunks
}

// Conformance: 35, 37
#[test]
fn bdat_counts_octets_and_leaves_dots_as_they_are() {
    both_ways(setup, |talk| {
        accepted(talk);
        let message = b".one\n.\rtwo";
        talk.finish(
            message,
            "C: BDAT 14 LAST\nC: .one\nC: .\nC: two\nS: 250 queued",
        )
        .unwrap();
    });
}

#[test]
fn without_chunking_allowed_a_message_goes_through_data() {
    let without = || Setup {
        chunking: false,
        ..setup()
    };
    both_ways(without, |talk| {
        talk.open(&["PIPELINING", "CHUNKING", "BINARYMIME"]);
        talk.deliver_to(&["b@mail.test"]);
        talk.expect_ok(
            "C: MAIL FROM:<a@client.test>
             C: RCPT TO:<b@mail.test>
             C: DATA
             S: 250 ok
             S: 250 ok
             S: 354 go",
        );
        talk.finish(b".one", "C: ..one\nC: .\nS: 250 queued")
            .unwrap();
        // DATA cannot carry binary content.
        let mut options = Options::default();
        options.set_body(BodyType::BinaryMime);
        let sender = Mailbox::parse("a@client.test").unwrap();
        let (missing, reason) = unavailable(talk.session.mail(Some(&sender), &options));
        assert_eq!(missing, "CHUNKING");
        assert!(reason.contains("set-chunking"), "{reason}");
        assert_eq!(talk.said(), "");
    });
}

// Conformance: 37
#[test]
fn an_empty_message_is_an_empty_last_chunk() {
    both_ways(setup, |talk| {
        accepted(talk);
        talk.finish(b"", "C: BDAT 0 LAST\nS: 250 queued").unwrap();
    });
}

// Conformance: 36
#[test]
fn the_first_chunk_waits_for_the_replies_to_the_envelope() {
    both_ways(setup, |talk| {
        talk.open(&["PIPELINING", "CHUNKING"]);
        talk.deliver_to(&["b@mail.test"]);
        talk.expect_ok("C: MAIL FROM:<a@client.test>\nC: RCPT TO:<b@mail.test>\nS: 250 ok");
        assert_eq!(talk.session.next_action(), Ok(Action::NeedReply));
        assert!(!talk.session.is_writing());
        let error = talk.expect_err("S: 550 no");
        assert!(matches!(error, Error::RecipientsRefused(_)), "{error:?}");
        assert_eq!(talk.said(), "");
    });
}

// Conformance: 36, 37
#[test]
fn each_chunk_of_a_long_message_has_a_reply() {
    let message = "line\r\n".repeat(25_000);
    both_ways(setup, |talk| {
        accepted(talk);
        for piece in message.as_bytes().chunks(1000) {
            talk.session.write(piece).unwrap();
        }
        talk.session.finish();
        let said = talk.said();
        let chunks = chunks(&said);
        let text: String = chunks.iter().map(|(text, _)| *text).collect();
        assert_eq!(text, message);
        let last: Vec<_> = chunks.iter().map(|(_, last)| *last).collect();
        assert_eq!(last, [false, false, true]);
        assert_eq!(talk.expect_ok("S: 250 ok\nS: 250 ok"), Action::NeedReply);
        assert_eq!(talk.expect_ok("S: 250 queued"), Action::Idle);
        assert_eq!(talk.session.take_receipt().unwrap().accepted.len(), 1);
    });
}

// Conformance: 36
#[test]
fn no_chunk_follows_a_refused_one_and_rset_comes_first() {
    both_ways(setup, |talk| {
        accepted(talk);
        talk.session.write(&b"line\r\n".repeat(CHUNK / 5)).unwrap();
        assert!(talk.said().starts_with("BDAT "));
        let error = talk.expect_err("S: 452 4.3.1 disk full");
        assert!(
            matches!(error, Error::Rejected(Phase::Content, _)),
            "{error:?}"
        );
        let more = talk.session.write(b"more\r\n");
        assert!(matches!(more, Err(Error::WrongState(_))), "{more:?}");
        talk.deliver_to(&["b@mail.test"]);
        talk.expect_ok("C: RSET\nC: MAIL FROM:<a@client.test>\nC: RCPT TO:<b@mail.test>");
    });
}

//! Attachments that are read while the message is sent.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use envoi_message::compose::{self, Base64Lines, Content, Piece};
use host_tests::{Draft, Error, Grants, Host, Instance};
use servers::report;
use servers::scripted::{Digest, Server};
use tokio::io::{AsyncRead, ReadBuf};

use crate::compose::{address, draft};
use crate::support::*;

const MB: usize = 1_000_000;
const SIZE: usize = 100 * MB;
/// The component's memory may grow by less than this.
const ALLOWED: usize = MB;
const OCTET: u8 = 0xfb;
const NAME: &str = "film.bin";
const KIND: &str = "application/octet-stream";
/// Seconds since 1970.
const DATE: i64 = 1_795_942_800;

/// So many octets, and then the end, or an error.
struct Octets {
    left: usize,
    fails: bool,
}

impl AsyncRead for Octets {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left == 0 && self.fails {
            return Poll::Ready(Err(io::Error::other("the disk is gone")));
        }
        let count = buffer.remaining().min(self.left);
        self.left -= count;
        buffer.put_slice(&vec![OCTET; count]);
        Poll::Ready(Ok(()))
    }
}

fn octets(left: usize) -> Octets {
    Octets { left, fails: false }
}

/// An instance whose random octets are all 7, so that its messages are known.
fn predictable() -> Instance {
    let mut grants = Grants::all();
    grants.randomness = Some(Arc::new(|octets| vec![7; octets as usize]));
    Host::shared().instance(grants)
}

fn with_file(instance: &Instance, file: impl AsyncRead + Send + Unpin + 'static) -> Draft<'_> {
    let draft = draft(instance);
    draft.set_date(DATE, 0).unwrap();
    draft.attach_from(NAME, KIND, file).unwrap();
    draft
}

/// The digest of the message that the crate composes of the same draft, with this end.
fn expected(end: &[u8]) -> Digest {
    let mut draft = compose::Draft::default();
    draft
        .set_from(vec![compose::Address::bare("a@mail.test")])
        .unwrap();
    draft
        .set_to(vec![compose::Address::bare("b@mail.test")])
        .unwrap();
    draft.set_text("Hello\n");
    draft.set_date(DATE, 0).unwrap();
    let file = compose::Attachment {
        name: Some(NAME.into()),
        content_type: KIND.into(),
        content: Content::Streamed,
        content_id: None,
    };
    draft.attach(file).unwrap();
    let mut message = Vec::new();
    for piece in draft.compose(0, [7; 32]).unwrap().pieces {
        match piece {
            Piece::Octets(octets) => message.extend(octets),
            Piece::Streamed(_) => {
                let mut lines = Base64Lines::default();
                lines.push(&vec![OCTET; SIZE], &mut message);
                lines.finish(&mut message);
            }
        }
    }
    Digest::of([&message, end])
}

#[test]
fn a_file_of_a_hundred_megabytes_takes_less_than_one_of_memory() {
    let data = until_content().expect_counted_content();
    let bdat = hello(&["CHUNKING"]).followed_by(envelope());
    let bdat = bdat.expect_counted_chunks("250 2.0.0 Ok");
    let mut figures = Vec::new();
    for (way, script, end) in [("DATA", data, &b".\r\n"[..]), ("BDAT", bdat, b"")] {
        let server = Server::start([script.say(QUEUED)]);
        let instance = predictable();
        let mailer = plain(&instance, &server);
        let draft = with_file(&instance, octets(SIZE));
        let before = instance.memory();
        let receipt = mailer.send_draft(&draft);
        let grown = instance.memory() - before;
        assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
        assert_eq!(server.finish().only().counted, [expected(end)]);
        assert!(grown < ALLOWED, "{way}: {grown} octets");
        figures.push(format!("{way} {} KiB", grown / 1024));
    }
    let what = "growth of linear memory while a file of 100 MB is attached and sent";
    report::measured(what, &figures.join(", "));
}

#[test]
fn a_draft_with_a_stream_is_sent_once_and_not_composed() {
    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let draft = with_file(&instance, &b"one"[..]);
    let invalid = draft.compose().unwrap_err();
    assert_eq!(invalid.field, "attachment");
    assert!(invalid.reason.contains("send-draft"), "{}", invalid.reason);
    mailer.send_draft(&draft).unwrap();
    assert_invalid(mailer.send_draft(&draft));
    let again = draft.attach_from("two", KIND, &b"two"[..]);
    assert_eq!(again.unwrap_err().field, "attachment");
    let transcript = server.finish();
    let message = String::from_utf8_lossy(&transcript.only().messages()[0]).into_owned();
    assert!(message.contains("\r\n\r\nb25l\r\n"), "{message}");
}

#[test]
fn each_of_several_streams_is_in_its_own_part() {
    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let draft = draft(&instance);
    for name in ["one", "two"] {
        draft.attach_from(name, KIND, name.as_bytes()).unwrap();
    }
    let path = draft.attach_from("a/b", KIND, octets(1));
    assert_eq!(path.unwrap_err().field, "attachment");
    mailer.send_draft(&draft).unwrap();
    let transcript = server.finish();
    let message = transcript.only().messages()[0].to_vec();
    let message = mail_parser::MessageParser::default()
        .parse(&message)
        .unwrap();
    let files: Vec<_> = message.attachments().map(|file| file.contents()).collect();
    assert_eq!(files, [b"one", b"two"]);
}

#[test]
fn a_draft_without_streams_is_sent_whole_and_as_often_as_one_likes() {
    let session = hello(&[]).followed_by(message()).followed_by(message());
    let server = Server::start([session]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let draft = draft(&instance);
    for _ in 0..2 {
        let receipt = mailer.send_draft(&draft);
        assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
    }
    server.finish();
}

/// A `stream` of WASI 0.3 does not tell why it ends, but its length shows whether it is whole.
#[cfg(feature = "p3")]
#[test]
fn a_file_that_is_not_as_long_as_said_is_not_delivered() {
    for said in [4, 2] {
        let server = Server::start([until_content().silence(), delivery()]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        let draft = draft(&instance);
        let attached = draft.attach_from_with_length(NAME, KIND, &b"one"[..], Some(said));
        attached.unwrap();
        let error = mailer.send_draft(&draft).unwrap_err();
        let failed = "the source of the message failed";
        assert!(
            matches!(&error, Error::Other(why) if why.starts_with(failed)),
            "{error:?}"
        );
        expect_delivery(&mailer);
        server.finish();
    }
}

/// A `stream` of WASI 0.3 does not tell why it ends.
#[cfg(not(feature = "p3"))]
#[test]
fn a_file_that_cannot_be_read_to_its_end_is_not_delivered() {
    // Whoever sends the end of the message waits for the reply to it.
    let server = Server::start([until_content().silence(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let file = Octets {
        left: 3 * MB / 2,
        fails: true,
    };
    let error = mailer.send_draft(&with_file(&instance, file)).unwrap_err();
    assert!(
        matches!(&error, Error::Other(why) if why.contains("failed after 1500000 octets")),
        "{error:?}"
    );
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn an_invalid_draft_is_an_invalid_argument_and_keeps_its_streams() {
    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let draft = with_file(&instance, octets(3));
    draft.set_to(&[]).unwrap();
    match mailer.send_draft(&draft) {
        Err(Error::InvalidArgument(why)) => assert!(why.starts_with("to: "), "{why}"),
        other => panic!("{other:?}"),
    }
    draft.set_to(&[address(None, "b@mail.test")]).unwrap();
    mailer.send_draft(&draft).unwrap();
    server.finish();
}

#[test]
fn a_mailbox_in_utf_8_is_declared_before_the_header_is_sent() {
    let script = hello(&["SMTPUTF8", "8BITMIME"])
        .expect("MAIL FROM:<ä@mail.test> BODY=8BITMIME SMTPUTF8")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .followed_by(content());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let draft = with_file(&instance, octets(3));
    draft.set_from(&[address(None, "ä@mail.test")]).unwrap();
    mailer.send_draft(&draft).unwrap();
    server.finish();
}

#[test]
fn a_mailer_that_signs_sends_drafts_without_streams_alone() {
    let key = include_bytes!("../../../message/tests/keys/ed25519.pem");
    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let signer = instance.signer("mail.test", "k", key).unwrap();
    mailer.set_signers(&[&signer]);
    assert_invalid(mailer.send_draft(&with_file(&instance, octets(3))));
    mailer.send_draft(&draft(&instance)).unwrap();
    let transcript = server.finish();
    let message = transcript.only().messages()[0].to_vec();
    assert!(message.starts_with(b"DKIM-Signature: "));
}

//! `send-stream` and `start-stream`: messages from streams, over the connections of the pool.

use std::io;
use std::io::Write;
use std::pin::Pin;
use std::task::{Context, Poll};

use host_tests::{Error, Receipt};
use servers::report;
use servers::scripted::{Digest, Server};
use tokio::io::{AsyncRead, ReadBuf};

use crate::meeting::Meeting;
use crate::streams::source;
use crate::support::*;

const MB: usize = 1_000_000;
const SIZE: usize = 100 * MB;
/// The component's memory may grow by less than this.
const ALLOWED: usize = MB;

const LINE: &[u8] = b"Lorem ipsum dolor sit amet, consectetur adipisci\r\n";

fn delivered() -> Result<Receipt, Error> {
    Ok(receipt_of(&["b@mail.test"], &[]))
}

/// The same line so many times.
struct Lines {
    left: usize,
}

impl AsyncRead for Lines {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let lines = self.left.min(buffer.remaining() / LINE.len());
        self.left -= lines;
        buffer.put_slice(&LINE.repeat(lines));
        Poll::Ready(Ok(()))
    }
}

#[test]
fn a_message_from_a_stream_goes_over_a_kept_connection() {
    let server = Server::start([delivery().followed_by(message()).followed_by(message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    expect_delivery(&mailer);
    assert_eq!(mailer.send_stream(&to_b(), MESSAGE, None), delivered());
    expect_delivery(&mailer);
    assert_eq!(server.finish().only().messages(), [MESSAGE; 3]);
}

#[test]
fn the_length_of_a_stream_is_declared() {
    let length = MESSAGE.len() as u64;
    let script = hello(&["SIZE 1000"]).followed_by(message_with(&format!("SIZE={length}")));
    let server = Server::start([script]);
    let instance = instance();
    let sent = plain(&instance, &server).send_stream(&to_b(), MESSAGE, Some(length));
    assert_eq!(sent, delivered());
    assert_eq!(server.finish().only().messages(), [MESSAGE]);
}

#[test]
fn a_stream_over_the_servers_limit_is_not_begun() {
    let server = Server::start([hello(&["SIZE 1000"]).followed_by(quit())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let sent = mailer.send_stream(&to_b(), MESSAGE, Some(1001));
    assert_eq!(sent, Err(Error::MessageTooLarge(1000)));
    mailer.close();
    server.finish();
}

#[test]
fn a_stream_that_is_not_as_long_as_said_is_not_delivered() {
    let length = MESSAGE.len() as u64;
    for said in [length + 1, length - 1] {
        let server = Server::start([until_content().silence(), delivery()]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        assert_invalid(mailer.send_stream(&to_b(), MESSAGE, Some(said)));
        expect_delivery(&mailer);
        let heard = server.finish();
        let lines = heard.sessions[0].commands();
        assert!(
            !lines.contains(&".") && !lines.contains(&"QUIT"),
            "{lines:?}"
        );
    }
}

#[test]
fn the_content_of_a_stream_message_is_checked() {
    let server = Server::start([until_content().silence(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    assert_invalid(mailer.send_stream(&to_b(), &b"a\0b"[..], None));
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn refused_recipients_are_known_before_the_content_is_made() {
    let no = "550 5.1.1 No such user";
    let script = hello(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .expect("RCPT TO:<c@mail.test>")
        .say(no)
        .expect("DATA")
        .followed_by(content());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let started = Meeting::of(2);
    let known = started.clone();
    let (content, writer) = source(move |mut stream| {
        assert!(known.takes_place());
        stream.write_all(MESSAGE).unwrap();
    });
    let both = to(&["b@mail.test", "c@mail.test"]);
    let message = mailer.start_stream(&both, content, None).unwrap();
    let refused = [("c@mail.test", no)];
    assert_eq!(message.refused, refusals(&refused));
    assert!(started.takes_place());
    assert_eq!(
        message.receipt(),
        Ok(receipt_of(&["b@mail.test"], &refused))
    );
    writer.join().unwrap();
    assert_eq!(server.finish().only().messages(), [MESSAGE]);
}

#[test]
fn a_refused_envelope_is_the_error_of_the_start() {
    let no = "550 5.1.1 No such user";
    let script = hello(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say(no)
        .expect("RSET")
        .say("250 2.0.0 Ok")
        .followed_by(message());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let refused = Error::RecipientsRefused(refusals(&[("b@mail.test", no)]));
    let started = mailer.start_stream(&to_b(), MESSAGE, None);
    assert_eq!(started.err(), Some(refused));
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn a_stream_that_is_slow_does_not_hold_up_others() {
    let server = Server::start([delivery(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let sent = Meeting::of(2);
    let others = sent.clone();
    let (content, writer) = source(move |mut stream| {
        stream.write_all(&MESSAGE[..5]).unwrap();
        assert!(others.takes_place());
        stream.write_all(&MESSAGE[5..]).unwrap();
    });
    let message = mailer.start_stream(&to_b(), content, None).unwrap();
    expect_delivery(&mailer);
    assert!(sent.takes_place());
    assert_eq!(message.receipt(), delivered());
    writer.join().unwrap();
    server.finish();
}

#[test]
fn a_message_that_is_in_use_is_a_wrong_state_for_a_second_call() {
    let server = Server::start([until_content().expect_content().say(QUEUED)]);
    let instance = instance();
    let message = plain(&instance, &server).start_message(&to_b()).unwrap();
    let refused = Meeting::of(2);
    let second = refused.clone();
    let (content, writer) = source(move |mut stream| {
        assert!(second.takes_place());
        stream.write_all(MESSAGE).unwrap();
    });
    let writing = message.begin_write_from(content);
    assert_wrong_state(message.write(MESSAGE));
    assert_eq!(message.refused(), []);
    assert!(refused.takes_place());
    assert_eq!(writing.wait(), Ok(MESSAGE.len() as u64));
    assert_eq!(message.finish(), delivered());
    writer.join().unwrap();
    assert_eq!(server.finish().only().messages(), [MESSAGE]);
}

#[test]
fn a_mailer_that_signs_sends_no_stream() {
    let key = include_bytes!("../../../message/tests/keys/ed25519.pem");
    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let signer = instance.signer("mail.test", "k", key).unwrap();
    mailer.set_signers(&[&signer]);
    assert_invalid(mailer.send_stream(&to_b(), MESSAGE, None));
    mailer.set_signers(&[]);
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn a_stream_of_a_hundred_megabytes_takes_less_than_one_of_memory() {
    let data = until_content().expect_counted_content();
    let bdat = hello(&["CHUNKING"]).followed_by(envelope());
    let bdat = bdat.expect_counted_chunks("250 2.0.0 Ok");
    let mut figures = Vec::new();
    for (way, script, end) in [("DATA", data, &b".\r\n"[..]), ("BDAT", bdat, b"")] {
        let server = Server::start([script.say(QUEUED)]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        let lines = Lines {
            left: SIZE / LINE.len(),
        };
        let before = instance.memory();
        assert_eq!(
            mailer.send_stream(&to_b(), lines, Some(SIZE as u64)),
            delivered()
        );
        let grown = instance.memory() - before;
        let expected = Digest::of([&LINE.repeat(SIZE / LINE.len()), end]);
        assert_eq!(server.finish().only().counted, [expected]);
        assert!(grown < ALLOWED, "{way}: {grown} octets");
        figures.push(format!("{way} {} KiB", grown / 1024));
    }
    let what = "growth of linear memory while a stream of 100 MB is sent";
    report::measured(what, &figures.join(", "));
}

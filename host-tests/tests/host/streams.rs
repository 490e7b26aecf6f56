//! Messages from streams of the caller.

use std::io::{Cursor, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use servers::scripted::{Digest, Script, Server};
use wasmtime_wasi::runtime::with_ambient_tokio_runtime;

use crate::support::*;

/// 5 MB, without a dot to stuff.
fn megabytes() -> Vec<u8> {
    b"Lorem ipsum dolor sit amet, consectetur adipiscing elit\r\n".repeat(90_000)
}

fn counting(keywords: &[&str]) -> Script {
    let begun = hello(keywords).followed_by(envelope());
    begun.expect("DATA").say("354 Go").expect_counted_content()
}

#[test]
fn a_message_can_come_from_a_stream() {
    let server = Server::start([counting(&[]).say(QUEUED)]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    message.write(b"Subject: large\r\n\r\n").unwrap();
    let (source, text) = (Cursor::new(megabytes()), megabytes());
    assert_eq!(message.write_from(source), Ok(text.len() as u64));
    message.finish().unwrap();
    let digest = Digest::of([b"Subject: large\r\n\r\n", &text[..], b".\r\n"]);
    assert_eq!(server.finish().only().counted, [digest]);
}

/// A stream that reads from a connection; `write` writes to its other end in a thread.
pub(crate) fn source(
    write: impl FnOnce(TcpStream) + Send + 'static,
) -> (tokio::net::TcpStream, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let theirs = listener.accept().unwrap().0;
    ours.set_nonblocking(true).unwrap();
    let stream = with_ambient_tokio_runtime(|| tokio::net::TcpStream::from_std(ours));
    (stream.unwrap(), thread::spawn(move || write(theirs)))
}

#[test]
fn a_slow_stream_is_waited_for() {
    let server = Server::start([counting(&[]).say(QUEUED)]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    let (source, writer) = source(|mut stream| stream.write_all(&megabytes()).unwrap());
    assert_eq!(message.write_from(source), Ok(megabytes().len() as u64));
    message.finish().unwrap();
    writer.join().unwrap();
    let digest = Digest::of([&megabytes()[..], b".\r\n"]);
    assert_eq!(server.finish().only().counted, [digest]);
}

#[test]
fn the_content_of_a_stream_is_checked_like_written_content() {
    let begun = until_content().expect_close();
    let server = Server::start([begun]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    assert_invalid(message.write_from(&b"a\0b"[..]));
    assert_wrong_state(message.finish());
    server.wait_until_ended();
    server.finish();
}

/// A `stream` of WASI 0.3 does not tell why it ends.
#[cfg(not(feature = "p3"))]
#[test]
fn a_message_whose_stream_fails_is_not_delivered() {
    let server = Server::start([until_content().expect_close(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    let (source, writer) = source(|stream| {
        let at_once = Some(std::time::Duration::ZERO);
        socket2::SockRef::from(&stream).set_linger(at_once).unwrap();
    });
    writer.join().unwrap();
    let error = message.write_from(source);
    assert!(
        matches!(&error, Err(host_tests::Error::Other(why)) if why.contains("the source of the message failed")),
        "{error:?}"
    );
    drop(message);
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn after_an_empty_stream_the_message_can_go_on() {
    let script = until_content().expect_content().say(QUEUED);
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    assert_eq!(message.write_from(&b""[..]), Ok(0));
    message.write(MESSAGE).unwrap();
    message.finish().unwrap();
    assert_eq!(server.finish().only().messages(), [MESSAGE]);
}

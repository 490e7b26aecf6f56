//! The interface `smtp-streams`, for callers that have streams of WASI.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use host_tests::{Error, Instance, Mailer, Phase, Security, Session};
use servers::authority::Authority;
use servers::scripted::{Digest, Script, Server};
use socket2::SockRef;
use wasmtime_wasi::p2::pipe::{AsyncReadStream, MemoryInputPipe};
use wasmtime_wasi::runtime::with_ambient_tokio_runtime;

use crate::support::*;
use crate::tls::LOOPBACK;

const NAME: &str = "client.example.org";

/// A session over a connection of the host; the mailer does not know its address.
fn attached<'a>(mailer: &Mailer<'a>, server: &Server) -> Result<Session<'a>, Error> {
    mailer.attach(TcpStream::connect(server.address()).unwrap())
}

fn nowhere(instance: &Instance) -> Mailer<'_> {
    let mailer = instance.mailer("127.0.0.1");
    mailer.set_security(Security::Plaintext);
    mailer.set_local_name(NAME).unwrap();
    mailer
}

fn hello(keywords: &[&str]) -> Script {
    Script::new()
        .say("220 mail.test ESMTP")
        .expect(&format!("EHLO {NAME}"))
        .say(&ehlo(keywords))
}

#[test]
fn a_session_uses_the_callers_connection() {
    let server = Server::start([hello(&[]).followed_by(message()).followed_by(quit())]);
    let instance = instance();
    let client = attached(&nowhere(&instance), &server).unwrap();
    assert_eq!(client.greeting(), reply("220 mail.test ESMTP"));
    let receipt = client.send(&to_b(), MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
    client.quit().unwrap();
    assert_eq!(server.finish().only().messages(), [MESSAGE]);
}

/// Sockets in wasmtime up to version 47 accept a GiB, and copy what the network has not taken.
#[test]
fn a_host_that_accepts_a_gib_gets_at_most_64_kib_at_once() {
    // Each line is dot-stuffed, so that a block of the message grows when it is encoded.
    let message = [&b"Subject: dots\r\n\r\n"[..], &b".\r\n".repeat(2_000_000)].concat();
    for keywords in [&[][..], &["CHUNKING"]] {
        let begun = hello(keywords).followed_by(envelope());
        let script = match keywords {
            [] => begun
                .expect("DATA")
                .say("354 Go ahead")
                .expect_counted_content(),
            _ => begun.expect_counted_chunks("250 2.0.0 Ok"),
        };
        let server = Server::start([script.say(QUEUED)]);
        let instance = instance();
        let connection = TcpStream::connect(server.address()).unwrap();
        let largest = Arc::new(AtomicUsize::new(0));
        let client = nowhere(&instance).attach_with_large_write_budget(connection, largest.clone());
        let client = client.unwrap();
        client.send(&to_b(), &message).unwrap();
        drop(client);
        let largest = largest.load(Ordering::Relaxed);
        assert_eq!(largest, 64 * 1024, "{keywords:?}");
        server.finish();
    }
}

#[test]
fn attach_sends_nothing_by_itself() {
    let greeting = Script::new().say("220 mail.test ESMTP");
    let server = Server::start([greeting.expect_close()]);
    let instance = instance();
    drop(attached(&nowhere(&instance), &server).unwrap());
    server.wait_until_ended();
    server.finish();
}

#[test]
fn a_local_name_is_required_before_ehlo() {
    let greeting = || Script::new().say("220 mail.test");
    let server = Server::start([
        greeting()
            .expect("EHLO own.test")
            .say(&ehlo(&[]))
            .followed_by(message())
            .followed_by(quit()),
        greeting().followed_by(quit()),
    ]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let client = attached(&mailer, &server).unwrap();
    assert_invalid(client.noop());
    assert_invalid(client.send(&to_b(), MESSAGE));
    client.hello("own.test").unwrap();
    client.send(&to_b(), MESSAGE).unwrap();
    client.quit().unwrap();

    attached(&mailer, &server).unwrap().quit().unwrap();
    server.finish();
}

#[test]
fn credentials_are_not_sent_in_clear_even_over_loopback() {
    let script = hello(&["AUTH PLAIN X-TEST"]).expect("NOOP").say("250 Ok");
    let server = Server::start([script]);
    let instance = instance();
    let client = attached(&nowhere(&instance), &server).unwrap();
    client.hello(NAME).unwrap();
    let credentials = password("ada", "sesame");
    assert_eq!(client.authenticate(&credentials), Err(Error::AuthNeedsTls));
    let own = client.auth_start("X-TEST", Some(b"sesame"));
    assert_eq!(own, Err(Error::AuthNeedsTls));
    client.noop().unwrap();
    server.finish();
}

#[test]
fn tls_works_over_the_callers_connection() {
    let authority = Authority::new();
    let identity = authority.issue(LOOPBACK);
    let inside = || {
        Script::new()
            .expect(&format!("EHLO {NAME}"))
            .say(&ehlo(&["AUTH PLAIN"]))
            .expect("AUTH PLAIN AGFkYQBzZXNhbWU=")
            .say("235 2.7.0 Welcome")
            .followed_by(quit())
    };
    let starttls = hello(&["STARTTLS"]).expect("STARTTLS").say("220 Go");
    let implicit = Script::new().start_tls(&identity).say("220 mail.test");
    let server = Server::start([
        starttls.start_tls(&identity).followed_by(inside()),
        implicit.followed_by(inside()),
    ]);
    let instance = instance();
    let mailer = nowhere(&instance);
    mailer.add_trust_anchors(authority.der()).unwrap();
    for security in [Security::Starttls, Security::ImplicitTls] {
        mailer.set_security(security);
        let client = attached(&mailer, &server).unwrap();
        if security == Security::Starttls {
            client.start_tls().unwrap();
        }
        client.authenticate(&password("ada", "sesame")).unwrap();
        assert!(client.tls().is_some());
        client.quit().unwrap();
    }
    server.finish();
}

#[test]
fn the_end_of_the_callers_connection_is_a_disconnection() {
    let server = Server::start([hello(&[]).expect("NOOP").hang_up()]);
    let instance = instance();
    let client = attached(&nowhere(&instance), &server).unwrap();
    assert_eq!(client.noop(), Err(Error::Disconnected(Phase::Other)));
    assert_wrong_state(client.noop());
    server.finish();
}

/// 5 MB, without a dot to stuff.
fn megabytes() -> Vec<u8> {
    b"Lorem ipsum dolor sit amet, consectetur adipiscing elit\r\n".repeat(90_000)
}

fn counting(keywords: &[&str]) -> Script {
    let begun = crate::support::hello(keywords).followed_by(envelope());
    begun.expect("DATA").say("354 Go").expect_counted_content()
}

#[test]
fn a_message_can_come_from_a_stream() {
    let server = Server::start([counting(&[]).say(QUEUED)]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    message.write(b"Subject: large\r\n\r\n").unwrap();
    let (source, text) = (MemoryInputPipe::new(megabytes()), megabytes());
    assert_eq!(message.write_from(source), Ok(text.len() as u64));
    message.finish().unwrap();
    let digest = Digest::of([b"Subject: large\r\n\r\n", &text[..], b".\r\n"]);
    assert_eq!(server.finish().only().counted, [digest]);
}

/// A stream that reads from a connection; `write` writes to its other end in a thread.
fn source(write: impl FnOnce(TcpStream) + Send + 'static) -> (AsyncReadStream, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let theirs = listener.accept().unwrap().0;
    ours.set_nonblocking(true).unwrap();
    let stream = with_ambient_tokio_runtime(|| tokio::net::TcpStream::from_std(ours));
    let stream = AsyncReadStream::new(stream.unwrap());
    (stream, thread::spawn(move || write(theirs)))
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
    assert_invalid(message.write_from(MemoryInputPipe::new(&b"a\0b"[..])));
    assert_wrong_state(message.finish());
    server.wait_until_ended();
    server.finish();
}

#[test]
fn a_message_whose_stream_fails_is_not_delivered() {
    let server = Server::start([until_content().expect_close(), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to_b()).unwrap();
    let (source, writer) = source(|stream| {
        let at_once = Some(Duration::ZERO);
        SockRef::from(&stream).set_linger(at_once).unwrap();
    });
    writer.join().unwrap();
    let error = message.write_from(source);
    assert!(
        matches!(&error, Err(Error::Other(why)) if why.contains("the source of the message failed")),
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
    assert_eq!(message.write_from(MemoryInputPipe::new(&b""[..])), Ok(0));
    message.write(MESSAGE).unwrap();
    message.finish().unwrap();
    assert_eq!(server.finish().only().messages(), [MESSAGE]);
}

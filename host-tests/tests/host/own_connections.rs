//! `attach` of the interface `smtp-streams`: sessions over connections of the caller's own.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use host_tests::{Error, Instance, Mailer, Phase, Security, Session};
use servers::authority::Authority;
use servers::scripted::{Script, Server};

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

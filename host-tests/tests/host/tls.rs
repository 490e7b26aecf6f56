//! STARTTLS and implicit TLS.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use host_tests::{Error, Instance, Mailer, Phase, Security, TlsFailure};
use rustls::{ServerConfig, ServerConnection};
use servers::authority::{Authority, Identity};
use servers::scripted::{Script, Server};

use crate::support::*;

pub(crate) const LOOPBACK: &[&str] = &["127.0.0.1"];

/// A mailer that uses STARTTLS and trusts this authority.
pub(crate) fn starttls<'a>(
    instance: &'a Instance,
    server: &Server,
    authority: &Authority,
) -> Mailer<'a> {
    let mailer = plain(instance, server);
    mailer.set_security(Security::Starttls);
    mailer
        .add_trust_anchors(authority.pem().as_bytes())
        .unwrap();
    mailer
}

/// The script up to STARTTLS.
pub(crate) fn asked() -> Script {
    hello(&["STARTTLS"])
        .expect("STARTTLS")
        .say("220 2.0.0 Go ahead")
}

/// The script up to EHLO inside TLS.
pub(crate) fn secured(identity: &Identity) -> Script {
    asked().start_tls(identity).followed_by(hello_inside())
}

pub(crate) fn hello_inside() -> Script {
    Script::new().expect("EHLO [127.0.0.1]").say(&ehlo(&[]))
}

/// The error of a first message with this script; the next one is delivered inside TLS.
#[track_caller]
fn tls_error_of(script: impl FnOnce(&Authority) -> Script) -> Error {
    let authority = Authority::new();
    let good = secured(&authority.issue(LOOPBACK)).followed_by(message());
    let server = Server::start([script(&authority), good]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    let error = mailer
        .send(&to_b(), MESSAGE)
        .expect_err("the script makes it fail");
    expect_delivery(&mailer);
    server.finish();
    error
}

#[track_caller]
pub(crate) fn tls_failure_of(script: impl FnOnce(&Authority) -> Script) -> TlsFailure {
    match tls_error_of(script) {
        Error::TlsFailed((failure, _)) => failure,
        error => panic!("another error: {error:?}"),
    }
}

// Conformance: 39
#[test]
fn nothing_of_a_message_is_sent_before_tls() {
    let authority = Authority::new();
    let server = Server::start([secured(&authority.issue(LOOPBACK)).followed_by(message())]);
    let instance = instance();
    expect_delivery(&starttls(&instance, &server, &authority));

    let transcript = server.finish();
    let heard = transcript.only();
    assert_eq!(heard.messages(), [MESSAGE]);
    let outside = heard.lines.iter().filter(|line| !line.tls);
    let outside: Vec<_> = outside.map(|line| line.text.as_str()).collect();
    assert_eq!(outside[1], "EHLO [127.0.0.1]");
    assert_eq!(outside.last(), Some(&"220 2.0.0 Go ahead"));
}

// Conformance: 43
#[test]
fn implicit_tls_starts_before_the_greeting() {
    let authority = Authority::new();
    let script = Script::new().start_tls(&authority.issue(LOOPBACK));
    let server = Server::start([script.followed_by(delivery())]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    mailer.set_security(Security::ImplicitTls);
    expect_delivery(&mailer);
    assert!(server.finish().only().lines.iter().all(|line| line.tls));
}

// Conformance: 43
#[test]
fn a_url_with_smtps_means_implicit_tls() {
    let authority = Authority::new();
    let script = Script::new().start_tls(&authority.issue(LOOPBACK));
    let server = Server::start([script.followed_by(delivery())]);
    let instance = instance();
    let mailer = instance
        .mailer_from_url(&format!("smtps://127.0.0.1:{}", server.port()))
        .unwrap();
    mailer.add_trust_anchors(authority.der()).unwrap();
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn a_conversation_byte_by_byte_is_the_same() {
    let authority = Authority::new();
    let identity = authority.issue(LOOPBACK);
    let script = Script::new()
        .write_byte_by_byte()
        .read_byte_by_byte()
        .followed_by(asked())
        .start_tls(&identity)
        .expect("EHLO [127.0.0.1]")
        .say(&ehlo(&["PIPELINING", "AUTH PLAIN"]))
        .expect_group(&["AUTH PLAIN AGFkYQBzZXNhbWU=", "MAIL *", "RCPT *", "DATA"])
        .say("235 2.7.0 Welcome\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok")
        .followed_by(content())
        .followed_by(quit());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    mailer.set_password("ada", "sesame");
    expect_delivery(&mailer);
    mailer.close();
    assert_eq!(server.finish().only().messages(), [MESSAGE]);
}

#[test]
fn a_message_of_megabytes_arrives_inside_tls() {
    let message = b".Lorem ipsum dolor sit amet\r\n".repeat(200_000);
    let authority = Authority::new();
    let script = secured(&authority.issue(LOOPBACK)).followed_by(crate::support::message());
    let server = Server::start([script]);
    let instance = instance();
    starttls(&instance, &server, &authority)
        .send(&to_b(), &message)
        .unwrap();
    assert!(server.finish().only().messages() == [message]);
}

#[test]
fn a_tls_session_is_resumed() {
    let authority = Authority::new();
    let identity = authority.issue(LOOPBACK);
    for config in [
        identity.server_config_tls12(),
        identity.server_config_tls13(),
    ] {
        let script = || {
            let script = asked()
                .start_tls_with(config.clone())
                .followed_by(hello_inside());
            script.followed_by(message()).followed_by(quit())
        };
        let server = Server::start([script(), script()]);
        let instance = instance();
        let mailer = starttls(&instance, &server, &authority);
        expect_delivery(&mailer);
        mailer.close();
        expect_delivery(&mailer);
        mailer.close();
        let resumed = server
            .finish()
            .sessions
            .iter()
            .map(|heard| heard.tls_resumed)
            .collect::<Vec<_>>();
        assert_eq!(resumed, [false, true]);
    }
}

// Conformance: 40
#[test]
fn extensions_offered_before_tls_are_forgotten() {
    let authority = Authority::new();
    let script = hello(&["PIPELINING", "8BITMIME", "SIZE 1", "STARTTLS"])
        .expect("STARTTLS")
        .say("220 2.0.0 Go ahead")
        .start_tls(&authority.issue(LOOPBACK))
        .followed_by(hello_inside())
        .followed_by(message());
    let server = Server::start([script]);
    let instance = instance();
    expect_delivery(&starttls(&instance, &server, &authority));
    server.finish();
}

// Conformance: 41
#[test]
fn replies_injected_after_the_go_ahead_are_not_used() {
    for injected in [
        "250-mail.test\r\n250 AUTH PLAIN\r\n",
        "250 half a li",
        "\r\n",
    ] {
        let error = tls_error_of(|_| {
            let script = hello(&["STARTTLS"]).expect("STARTTLS");
            script
                .say_bytes(format!("220 2.0.0 Go ahead\r\n{injected}"))
                .expect_close()
        });
        assert!(
            matches!(error, Error::ProtocolError((Phase::Starttls, _))),
            "{error:?}"
        );
    }
}

// Conformance: 42
#[test]
fn a_server_without_starttls_gets_nothing() {
    let error = tls_error_of(|_| hello(&[]).followed_by(quit()));
    assert_eq!(error, Error::StarttlsUnavailable);

    let no = "454 4.7.0 TLS not available";
    let error = tls_error_of(|_| {
        hello(&["STARTTLS"])
            .expect("STARTTLS")
            .say(no)
            .followed_by(quit())
    });
    assert_eq!(error, rejected(Phase::Starttls, no));
}

// Conformance: 42
#[test]
fn a_handshake_that_is_not_tls_fails() {
    let failure = tls_failure_of(|_| {
        asked()
            .expect_some_content(1)
            .say("502 5.5.1 What?")
            .silence()
    });
    assert_eq!(failure, TlsFailure::HandshakeFailed);

    // A fatal alert of TLS 1.2 (RFC 5246, section 7.2): internal_error.
    let alert = [21, 3, 3, 0, 2, 2, 80];
    let failure = tls_failure_of(|_| asked().expect_some_content(1).say_bytes(alert).silence());
    assert_eq!(failure, TlsFailure::HandshakeFailed);
}

// Conformance: 42, 43
#[test]
fn no_common_tls_version_is_incompatible() {
    // A fatal alert: protocol_version.
    let alert = [21, 3, 3, 0, 2, 2, 70];
    let failure = tls_failure_of(|_| asked().expect_some_content(1).say_bytes(alert).silence());
    assert_eq!(failure, TlsFailure::Incompatible);
}

#[test]
fn a_server_without_tls_at_the_implicit_tls_port_is_detected() {
    let authority = Authority::new();
    let good = Script::new()
        .start_tls(&authority.issue(LOOPBACK))
        .followed_by(delivery());
    let server = Server::start([Script::new().interrupt("220 mail.test").silence(), good]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    mailer.set_security(Security::ImplicitTls);
    let error = mailer.send(&to_b(), MESSAGE).unwrap_err();
    assert!(
        matches!(error, Error::TlsFailed((TlsFailure::HandshakeFailed, _))),
        "{error:?}"
    );
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 42
#[test]
fn opportunistic_tls_is_used_if_offered_and_accepted() {
    let authority = Authority::new();
    let no = "454 4.7.0 TLS not available";
    let server = Server::start([
        hello(&[]).followed_by(message()).followed_by(quit()),
        hello(&["STARTTLS"])
            .expect("STARTTLS")
            .say(no)
            .followed_by(message())
            .followed_by(quit()),
        secured(&authority.issue(LOOPBACK))
            .followed_by(message())
            .followed_by(quit()),
    ]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    mailer.set_security(Security::Opportunistic);
    for _ in 0..3 {
        expect_delivery(&mailer);
        mailer.close();
    }
    let tls: Vec<bool> = server
        .finish()
        .sessions
        .iter()
        .map(|heard| heard.tls)
        .collect();
    assert_eq!(tls, [false, false, true]);
}

#[test]
fn the_end_inside_tls_is_a_disconnection_with_or_without_close_notify() {
    let gone = |end: fn(Script) -> Script| {
        tls_error_of(|authority| end(secured(&authority.issue(LOOPBACK)).expect("MAIL *")))
    };
    assert_eq!(gone(Script::hang_up), Error::Disconnected(Phase::Mail));
    assert_eq!(
        gone(Script::close_abruptly),
        Error::Disconnected(Phase::Mail)
    );
}

#[test]
fn a_greeting_together_with_the_end_of_the_handshake_is_read() {
    let authority = Authority::new();
    let address = eager_server(authority.issue(LOOPBACK).server_config_tls12());
    let instance = instance();
    let mailer = instance.mailer("127.0.0.1");
    mailer.set_security(Security::ImplicitTls);
    mailer.set_port(address.port());
    mailer
        .add_trust_anchors(authority.pem().as_bytes())
        .unwrap();
    let error = mailer.send(&to_b(), MESSAGE).unwrap_err();
    assert_eq!(error, Error::Disconnected(Phase::Hello));
}

/// A server that writes the end of its handshake together with its greeting, and hangs up once the client
/// sends something.
fn eager_server(config: Arc<ServerConfig>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let mut tls = ServerConnection::new(config).unwrap();
        while tls.is_handshaking() {
            flush(&mut tls, &mut stream);
            tls.read_tls(&mut stream).unwrap();
            tls.process_new_packets().unwrap();
        }
        tls.writer().write_all(b"220 eager.test\r\n").unwrap();
        flush(&mut tls, &mut stream);
        tls.read_tls(&mut stream).unwrap();
    });
    address
}

/// Writes everything at once.
fn flush(tls: &mut ServerConnection, stream: &mut TcpStream) {
    let mut flight = Vec::new();
    while tls.wants_write() {
        tls.write_tls(&mut flight).unwrap();
    }
    stream.write_all(&flight).unwrap();
}

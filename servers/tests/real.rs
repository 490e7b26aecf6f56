//! The harness itself, without the component: each server starts, takes mail, gives it back, and
//! leaves nothing behind.

mod client;

use std::net::TcpStream;

use client::{Client, assert_starts};
use servers::authority::{Authority, Identity};
use servers::messages::{Message, corpus};
use servers::real::{Kind, LATER, PASSWORD, REJECTED, RealServer, USER, overview};

fn identity(authority: &Authority) -> Identity {
    authority.issue(&["localhost", "127.0.0.1"])
}

/// Each server that this machine can have; the report names the others.
fn each_server(authority: &Authority, test: impl FnMut(RealServer)) {
    Kind::SMTP
        .into_iter()
        .filter_map(|kind| RealServer::start_if_available(kind, &identity(authority)).ok())
        .for_each(test);
}

#[test]
fn every_message_arrives_as_the_harness_expects() {
    let corpus = corpus();
    each_server(&Authority::new(), |server| {
        let mut client = Client::plain(server.port);
        let refusal = |message: &Message| server.kind.refusal(&message.repaired);
        let (refused, taken): (Vec<_>, Vec<_>) = corpus
            .iter()
            .partition(|message| refusal(message).is_some());
        for (already, message) in taken.into_iter().enumerate() {
            assert_starts(&client.send(&message.repaired), "250");
            let inbox = server.wait_for(already + 1).unwrap();
            let stored = inbox.last().unwrap();
            let own = server.kind.own(stored).expect("a trace header");
            assert!(
                own == server.kind.expected(&message.repaired),
                "{}: {}",
                server.kind,
                message.name
            );
        }
        for message in refused {
            let code = refusal(message).unwrap().to_string();
            assert_starts(&client.send(&message.repaired), &code);
        }
    });
}

#[test]
fn two_of_a_kind_run_at_once_and_share_nothing() {
    let authority = Authority::new();
    each_server(&authority, |one| {
        let other = RealServer::start(one.kind, &identity(&authority)).unwrap();
        assert_starts(&Client::plain(one.port).send(b"To: one\r\n\r\n"), "250");
        assert_starts(&Client::plain(other.port).send(b"To: other\r\n\r\n"), "250");
        let (one, other) = (one.wait_for(1).unwrap(), other.wait_for(1).unwrap());
        assert!(String::from_utf8_lossy(&one.concat()).contains("To: one"));
        assert!(String::from_utf8_lossy(&other.concat()).contains("To: other"));
    });
}

#[test]
fn the_identity_is_shown_and_the_password_taken_inside_tls() {
    let authority = Authority::new();
    // The user and the password with base64 by hand.
    assert_eq!((USER, PASSWORD), ("user@example.test", "pa ss\"w\\ord"));
    let right = "AUTH PLAIN AHVzZXJAZXhhbXBsZS50ZXN0AHBhIHNzIndcb3Jk";
    let wrong = "AUTH PLAIN AHVzZXJAZXhhbXBsZS50ZXN0AHBhc3M=";
    each_server(&authority, |server| {
        let mut client = Client::implicit_tls(server.tls_port, &authority);
        assert_starts(&client.command(wrong), "535");
        assert_starts(&client.command(right), "235");

        let mut client = Client::plain(server.port);
        assert_starts(&client.command("STARTTLS"), "220");
        let mut client = client.encrypt(&authority);
        let extensions = client.command("EHLO localhost");
        for mechanism in server.kind.mechanisms() {
            assert!(
                extensions.contains(mechanism),
                "{}: {extensions}",
                server.kind
            );
        }
        assert_starts(&client.command(right), "235");
        assert_starts(&client.send(b"To: user\r\n\r\n"), "250");
    });
}

#[test]
fn refusals_are_as_promised() {
    each_server(&Authority::new(), |server| {
        let mut client = Client::plain(server.port);
        assert_starts(&client.command("MAIL FROM:<sender@example.test>"), "250");
        assert_starts(&client.command(&format!("RCPT TO:<{REJECTED}>")), "550");
        if server.kind.defers() {
            assert_starts(&client.command(&format!("RCPT TO:<{LATER}>")), "450");
        }
        assert_starts(&client.command("RCPT TO:<someone@elsewhere.test>"), "5");
    });
}

#[test]
fn a_test_that_panics_stops_its_server() {
    each_server(&Authority::new(), |server| {
        let ports = [server.port, server.tls_port];
        let panicked = std::panic::catch_unwind(move || {
            assert!(server.inbox().len() == 1, "on purpose");
        });
        assert!(panicked.is_err());
        for port in ports {
            assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
        }
    });
}

#[test]
fn the_overview_has_a_line_for_each_server() {
    let overview = overview(&identity(&Authority::new()));
    println!("{overview}");
    for (kind, line) in Kind::SMTP.iter().zip(overview.lines()) {
        assert!(line.starts_with(kind.name()), "{line}");
        assert!(line.contains("STARTTLS") || line.contains("is not to be had here"));
    }
}

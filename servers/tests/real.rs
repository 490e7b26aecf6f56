//! The real servers without the component: each starts, accepts mail, returns it, and leaves nothing
//! behind.

mod client;

use std::net::TcpStream;

use client::{Client, assert_starts};
use servers::authority::{Authority, Identity};
use servers::messages::{Message, corpus};
use servers::real::{
    DEFERRED, Kind, PASSWORD, REJECTED, RealServer, UNANNOUNCED_LIMIT, USER, overview,
    tagged_address,
};

fn identity(authority: &Authority) -> Identity {
    authority.issue(&["localhost", "127.0.0.1"])
}

/// Runs the test with each server that this machine can have; the report names the others.
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
        let refusal = |message: &Message| server.kind.refusal_code(&message.canonical);
        let (refused, accepted): (Vec<_>, Vec<_>) = corpus
            .iter()
            .partition(|message| refusal(message).is_some());
        for (delivered, message) in accepted.into_iter().enumerate() {
            assert_starts(&client.send(&message.canonical), "250");
            let inbox = server.wait_for(delivered + 1).unwrap();
            let stored = inbox.last().unwrap();
            let own = server.kind.without_trace(stored).expect("a trace header");
            assert!(
                own == server.kind.stored_form(&message.canonical),
                "{}: {}",
                server.kind,
                message.name
            );
        }
        for message in refused {
            let code = refusal(message).unwrap().to_string();
            assert_starts(&client.send(&message.canonical), &code);
        }
    });
}

#[test]
fn two_servers_of_a_kind_run_at_once_and_share_nothing() {
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
fn the_certificate_is_sent_and_the_password_accepted_inside_tls() {
    let authority = Authority::new();
    // The user and the password, encoded by hand.
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
fn recipients_are_refused_as_documented() {
    each_server(&Authority::new(), |server| {
        let mut client = Client::plain(server.port);
        assert_starts(&client.command("MAIL FROM:<sender@example.test>"), "250");
        assert_starts(&client.command(&format!("RCPT TO:<{REJECTED}>")), "550");
        if server.kind.has_deferred_recipient() {
            assert_starts(&client.command(&format!("RCPT TO:<{DEFERRED}>")), "450");
        }
        assert_starts(&client.command("RCPT TO:<someone@elsewhere.test>"), "5");
    });
}

#[test]
fn utf8_is_accepted_if_it_is_offered() {
    each_server(&Authority::new(), |server| {
        let mut client = Client::plain(server.port);
        if !client.command("EHLO localhost").contains("SMTPUTF8") {
            return;
        }
        let message = "From: <absénder@example.test>\r\nTo: <empfänger@example.test>\r\n\
            Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <utf8@example.test>\r\n\
            Subject: Grüße\r\n\r\nGrüße\r\n";
        let mail = "MAIL FROM:<absénder@example.test> BODY=8BITMIME SMTPUTF8";
        assert_starts(&client.command(mail), "250");
        let recipient = "RCPT TO:<empfänger@example.test>";
        assert_starts(&client.command(recipient), "250");
        assert_starts(&client.command("DATA"), "354");
        assert_starts(&client.command(&format!("{message}.")), "250");
        let stored = server.wait_for(1).unwrap();
        let own = server
            .kind
            .without_trace(&stored[0])
            .expect("a trace header");
        assert!(
            own == server.kind.stored_form(message.as_bytes()),
            "{}",
            server.kind
        );
    });
}

/// RFC 2920, section 3.1, allows a command in one packet with the end of a message.
#[test]
fn a_command_together_with_the_end_of_a_message_is_answered_refused_or_discarded() {
    each_server(&Authority::new(), |server| {
        let mut client = Client::plain(server.port);
        assert_starts(&client.command("MAIL FROM:<sender@example.test>"), "250");
        assert_starts(&client.command(&format!("RCPT TO:<{USER}>")), "250");
        assert_starts(&client.command("DATA"), "354");
        assert_starts(
            &client.command("To: user\r\n\r\nHello.\r\n.\r\nRSET"),
            "250",
        );
        let next = client.command("QUIT");
        let expected = match server.kind {
            Kind::Haraka => "503",
            // This is the reply to QUIT.
            Kind::Chasquid | Kind::Courier => "221",
            _ => "250",
        };
        assert!(next.starts_with(expected), "{}: {next}", server.kind);
    });
}

/// One recipient more than the limit; for most of these servers that is the 100 of RFC 5321, section
/// 4.5.3.1.8.
#[test]
fn one_recipient_too_many_is_refused() {
    each_server(&Authority::new(), |server| {
        let (limit, code) = match server.kind {
            Kind::Chasquid => (101, "452"),
            // Courier has its own code.
            Kind::Courier => (100, "431"),
            Kind::Sendmail | Kind::Postfix | Kind::PostfixDovecot => (UNANNOUNCED_LIMIT, "452"),
            _ => return,
        };
        let mut client = Client::plain(server.port);
        assert_starts(&client.command("MAIL FROM:<sender@example.test>"), "250");
        for number in 1..=limit {
            let recipient = tagged_address(server.kind, &number.to_string());
            assert_starts(&client.command(&format!("RCPT TO:<{recipient}>")), "250");
        }
        assert_starts(&client.command(&format!("RCPT TO:<{USER}>")), code);
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
        assert!(line.contains("STARTTLS") || line.contains("is not available here"));
    }
}

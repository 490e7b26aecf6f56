//! A scripted server follows its script, or reports the deviation.

use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};

use servers::authority::{Authority, Key};
use servers::scripted::{Script, Server, Speaker};

use crate::client::Client;

fn report(server: Server) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| server.finish())).expect_err("it reports");
    *panic.downcast::<String>().expect("a report")
}

#[test]
fn a_script_is_followed_inside_tls_byte_by_byte() {
    let authority = Authority::new();
    let identity = authority.intermediate().issue(&["localhost"]);
    let server = Server::start([Script::new()
        .write_byte_by_byte()
        .read_byte_by_byte()
        .say("220 mail.test")
        .expect("STARTTLS")
        .say("220 go")
        .start_tls(&identity)
        .expect_group(&["MAIL FROM:*", "RCPT TO:<b@mail.test>", "DATA"])
        .say("354 go")
        .expect_content()
        .say("250 taken")]);

    let mut client = Client::connect(server.address());
    assert_eq!(client.reply(), "220 mail.test");
    assert_eq!(client.ask("STARTTLS"), "220 go");
    let mut client = client.start_tls(&authority).unwrap();
    client.say("MAIL FROM:<a@mail.test>\r\nRCPT TO:<b@mail.test>\r\nDATA\r\n");
    assert_eq!(client.reply(), "354 go");
    assert_eq!(client.ask("Hello\r\n..dot\r\n."), "250 taken");
    drop(client);

    let transcript = server.finish();
    let heard = transcript.only();
    assert_eq!(heard.contents, [b"Hello\r\n..dot\r\n.\r\n"]);
    assert_eq!(heard.messages(), [b"Hello\r\n.dot\r\n"]);
    assert_eq!(heard.flights, 3);
    let inside: Vec<_> = heard.lines.iter().filter(|line| line.tls).collect();
    assert_eq!(inside[0].text, "MAIL FROM:<a@mail.test>");
    assert_eq!(inside.last().unwrap().from, Speaker::Server);
}

#[test]
fn every_kind_of_key_makes_a_certificate_that_is_trusted() {
    let authority = Authority::new();
    for key in [Key::P256, Key::P384, Key::Ed25519] {
        let identity = authority.issue_with_key(&["localhost"], key);
        let server = Server::start([Script::new().start_tls(&identity).say("220 inside")]);
        let mut client = Client::connect(server.address())
            .start_tls(&authority)
            .unwrap();
        assert_eq!(client.reply(), "220 inside", "{key:?}");
        drop(client);
        server.finish();
    }
}

#[test]
fn expired_and_foreign_certificates_are_refused() {
    let authority = Authority::new();
    let bad = [
        (
            "CertificateExpired",
            authority.issue_expired(&["localhost"]),
        ),
        (
            "CertificateExpired",
            authority.issue_not_yet_valid(&["localhost"]),
        ),
        ("BadCertificate", authority.issue(&["mail.test"])),
        ("UnknownCA", Authority::new().issue(&["localhost"])),
    ];
    for (alert, identity) in bad {
        let server = Server::start([Script::new().expect_tls_refusal(&identity).expect_close()]);
        assert!(
            Client::connect(server.address())
                .start_tls(&authority)
                .is_err()
        );
        let refusal = server.finish().only().tls_refusal.clone().unwrap();
        assert!(refusal.contains(alert), "{refusal}");
    }
}

#[test]
fn an_unexpected_line_is_reported_with_the_conversation() {
    let server = Server::start([Script::new()
        .say("220 mail.test")
        .expect("EHLO *")
        .say("250 ok")]);
    let mut client = Client::connect(server.address());
    client.reply();
    assert_eq!(client.ask("HELO me"), "");
    let report = report(server);
    assert!(
        report.contains(r#"step 2: expected "EHLO *", got "HELO me""#),
        "{report}"
    );
    assert!(report.contains("S: 220 mail.test\n"), "{report}");
}

#[test]
fn a_client_that_does_not_wait_is_reported() {
    let server = Server::start([Script::new().expect("MAIL").say("250 ok")]);
    let mut client = Client::connect(server.address());
    client.say("MAIL\r\nRCPT\r\n");
    assert_eq!(client.reply(), "");
    assert!(report(server).contains(r#"the client sent "RCPT\r\n""#));
}

#[test]
fn a_missing_connection_and_one_too_many_are_reported() {
    let server = Server::start([Script::new()]);
    assert!(report(server).contains("session 1: nobody connected"));

    let server = Server::start([Script::new()]);
    let clients = [
        Client::connect(server.address()),
        Client::connect(server.address()),
    ];
    drop(clients);
    assert!(report(server).contains("session 2, a connection for which there is no script"));
}

#[test]
fn hanging_up_ends_a_stream_and_a_reset_breaks_it() {
    let server = Server::start_v6([Script::new().hang_up(), Script::new().reset()]);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let error = stream.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    server.finish();
}

#[test]
fn silence_lasts_until_the_client_leaves_or_the_test_has_ended() {
    let server = Server::start([Script::new().silence(), Script::new().stop_reading()]);
    let mut leaver = Client::connect(server.address());
    leaver.say("anyone?\r\n");
    drop(leaver);
    let _stayer = Client::connect(server.address());
    assert_eq!(server.finish().sessions[0].commands(), ["anyone?"]);
}

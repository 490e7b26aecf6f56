//! The message that arrives is the one sent, in the form that SMTP can carry.

use host_tests::Error;
use servers::scripted::Server;

use crate::support::*;

/// The content that the server receives, with its dots stuffed.
fn arrives(message: &[u8]) -> Vec<u8> {
    let server = Server::start([delivery()]);
    let instance = instance();
    plain(&instance, &server).send(&to_b(), message).unwrap();
    server.finish().only().contents[0].clone()
}

// Conformance: 18
#[test]
fn dots_at_line_starts_are_stuffed() {
    assert_eq!(
        arrives(b".\r\n..a\r\nb.\r\n.c\r\n"),
        b"..\r\n...a\r\nb.\r\n..c\r\n.\r\n"
    );
}

// Conformance: 1, 18
#[test]
fn bare_line_ends_become_crlf() {
    assert_eq!(
        arrives(b"a\nb\rc\r\n\n\rd\r\r\n"),
        b"a\r\nb\r\nc\r\n\r\n\r\nd\r\n\r\n.\r\n"
    );
    assert_eq!(arrives(b"a\n.\nb\r.\r"), b"a\r\n..\r\nb\r\n..\r\n.\r\n");
}

// Conformance: 19
#[test]
fn a_missing_last_line_end_is_added() {
    assert_eq!(arrives(b"a"), b"a\r\n.\r\n");
    assert_eq!(arrives(b"a\r"), b"a\r\n.\r\n");
    assert_eq!(arrives(b"."), b"..\r\n.\r\n");
}

// Conformance: 19
#[test]
fn a_message_may_be_empty() {
    assert_eq!(arrives(b""), b".\r\n");
}

// Conformance: 18
#[test]
fn thirty_megabytes_arrive() {
    let line = b".Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod\r\n";
    let message = line.repeat(30_000_000 / line.len());
    let server = Server::start([delivery()]);
    let instance = instance();
    plain(&instance, &server).send(&to_b(), &message).unwrap();
    assert!(server.finish().only().messages() == [message]);
}

// Conformance: 14, 55
#[test]
fn eight_bits_are_declared_and_need_8bitmime() {
    let message = "Subject: x\r\n\r\nGrüße\r\n".as_bytes();
    let server = Server::start([
        delivery(),
        hello(&["8BITMIME"]).followed_by(message_with("BODY=8BITMIME")),
    ]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let (missing, reason) = unavailable(mailer.send(&to_b(), message));
    assert_eq!(missing, "8BITMIME");
    assert!(
        reason.contains("line 3") && reason.contains("quoted-printable"),
        "{reason}"
    );
    expect_delivery(&mailer);

    plain(&instance, &server).send(&to_b(), message).unwrap();
    assert_eq!(server.finish().sessions[1].messages(), [message]);
}

// Conformance: 56
#[test]
fn the_declared_size_is_that_of_the_repaired_message_without_stuffed_dots() {
    let server = Server::start([hello(&["SIZE"]).followed_by(message_with("SIZE=8"))]);
    let instance = instance();
    plain(&instance, &server).send(&to_b(), b".a\nbc").unwrap();
    assert_eq!(server.finish().only().messages(), [b".a\r\nbc\r\n"]);
}

// Conformance: 56
#[test]
fn a_message_above_the_servers_limit_is_not_begun() {
    let limit = MESSAGE.len();
    let message = format!("MAIL FROM:<a@mail.test> SIZE={limit}");
    let server = Server::start([hello(&[&format!("SIZE {limit}")])
        .expect(&message)
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .followed_by(content())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let larger = [MESSAGE, b"x"].concat();
    assert_eq!(
        mailer.send(&to_b(), &larger),
        Err(Error::MessageTooLarge(limit as u64))
    );
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 20
#[test]
fn lines_have_at_most_998_octets() {
    let longest = "x".repeat(998);
    assert_eq!(
        arrives(longest.as_bytes()),
        format!("{longest}\r\n.\r\n").as_bytes()
    );
    let dotted = format!(".{}", "x".repeat(997));
    assert_eq!(
        arrives(dotted.as_bytes()),
        format!(".{dotted}\r\n.\r\n").as_bytes()
    );

    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let longer = format!("a\r\n{longest}x\r\nb\r\n");
    let error = mailer.send(&to_b(), longer.as_bytes()).unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 21
#[test]
fn nul_is_not_sent() {
    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let error = mailer.send(&to_b(), b"a\0b\r\n").unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    expect_delivery(&mailer);
    server.finish();
}

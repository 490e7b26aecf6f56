//! The message on standard input: its content, and its recipients.

use servers::scripted::{Script, Server};

use crate::support::{MESSAGE, cli, content, content_sent, envelope, hello, quit, to_server};

/// A session that takes one message.
fn delivery(sender: &str, recipients: &[&str]) -> Script {
    hello(&[])
        .followed_by(envelope(sender, recipients))
        .followed_by(content())
        .followed_by(quit())
}

#[test]
fn bcc_recipients_get_a_message_without_bcc() {
    let everyone = ["b@mail.test", "c@mail.test", "d@mail.test", "e@mail.test"];
    let server = Server::start([delivery("a@mail.test", &everyone)]);
    let message = "From: A <a@mail.test>\nTo: b@mail.test, \"C, D\" <c@mail.test>\nCc: b@mail.test\n\
                   Bcc: d@mail.test,\n e@mail.test\nSubject: Hi\n\nBcc: this is the body\n";
    let output = to_server(&server, "-t").run(message);
    assert_eq!(output.code, 0, "{output:?}");
    let expected = "From: A <a@mail.test>\r\nTo: b@mail.test, \"C, D\" <c@mail.test>\r\nCc: b@mail.test\r\n\
                    Subject: Hi\r\n\r\nBcc: this is the body\r\n.\r\n";
    assert_eq!(content_sent(server), expected);
}

#[test]
fn bcc_is_not_sent_to_recipients_of_the_command_line_either() {
    let server = Server::start([delivery("x@mail.test", &["b@mail.test", "c@mail.test"])]);
    let arguments = "--from x@mail.test --to b@mail.test --to=c@mail.test";
    let output = to_server(&server, arguments).run(format!("Bcc: d@mail.test\r\n{MESSAGE}"));
    assert_eq!(output.code, 0, "{output:?}");
    assert!(!content_sent(server).contains("Bcc"));
}

#[test]
fn a_long_message_is_sent_whole() {
    let server = Server::start([delivery("a@mail.test", &["b@mail.test"])]);
    let body: String = (0..40_000).map(|line| format!("line {line}\n")).collect();
    let message = format!("{MESSAGE}{body}");
    let output = to_server(&server, "-t").run(message.clone());
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(
        content_sent(server),
        format!("{}.\r\n", message.replace('\n', "\r\n"))
    );
}

#[test]
fn a_message_is_sent_in_constant_memory() {
    const SIZE: usize = 16 * 1024 * 1024;
    let server = Server::start([hello(&[])
        .followed_by(envelope("a@mail.test", &["b@mail.test"]))
        .expect("DATA")
        .say("354 Go ahead")
        .expect_counted_content()
        .say("250 2.0.0 Ok")
        .followed_by(quit())]);
    let body = "A line of the message.\n".repeat(SIZE / 23);
    let output = to_server(&server, "-t").run(format!("{MESSAGE}{body}"));
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.memory < SIZE / 4, "{} octets", output.memory);
    server.finish();
}

#[test]
fn a_header_in_utf8_declares_smtputf8() {
    let server = Server::start([hello(&["8BITMIME", "SMTPUTF8"])
        .expect("MAIL FROM:<a@mail.test> BODY=8BITMIME SMTPUTF8")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .followed_by(content())
        .followed_by(quit())]);
    let output = to_server(&server, "-t").run(MESSAGE.replace("Hi", "Grüße"));
    assert_eq!(output.code, 0, "{output:?}");
    assert!(content_sent(server).contains("Subject: Grüße\r\n"));
}

#[test]
fn a_header_in_latin_1_declares_8bitmime_only() {
    let server = Server::start([hello(&["8BITMIME", "SMTPUTF8"])
        .expect("MAIL FROM:<a@mail.test> BODY=8BITMIME")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .followed_by(content())
        .followed_by(quit())]);
    let message = b"Subject: re\xe7ue\r\n\r\nBonjour\r\n";
    let arguments = "--from a@mail.test --to b@mail.test";
    let output = to_server(&server, arguments).run(message);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(server.finish().only().messages(), [message]);
}

#[test]
fn an_invalid_message_is_reported_before_connecting() {
    for (message, words) in [
        ("", "no message"),
        ("Hello\n", "line 1 of the message is not a header field"),
        ("Subject: Hi\nTo: b@mail.test\n\n", "--from"),
        ("From: a@mail.test\n\nHi\n", "--to"),
    ] {
        let output = cli("--server smtp://127.0.0.1:1 -t").run(message);
        assert_eq!(output.code, 65, "{message:?}: {output:?}");
        assert!(output.stderr.contains(words), "{message:?}: {output:?}");
    }
}

#[test]
fn an_invalid_address_is_named() {
    let message = "From: a@mail.test\nTo: nobody at all\n\n";
    let output = cli("--server smtp://127.0.0.1:1 -t").run(message);
    assert_eq!(output.code, 65, "{output:?}");
    assert!(
        output.stderr.contains("nothing was delivered"),
        "{output:?}"
    );
}

#[test]
fn invalid_content_ends_the_connection() {
    let server = Server::start([hello(&[])
        .followed_by(envelope("a@mail.test", &["b@mail.test"]))
        .expect("DATA")
        .say("354 Go ahead")
        .silence()]);
    let output = to_server(&server, "-t").run(format!("{MESSAGE}\0\n"));
    assert_eq!(output.code, 65, "{output:?}");
    server.finish();
}

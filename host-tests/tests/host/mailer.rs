//! A mailer's connection from the greeting to QUIT.

use host_tests::{Error, Phase, TranscriptSource};
use servers::scripted::{Script, Server};

use crate::support::*;

// Conformance: 6
#[test]
fn without_pipelining_a_message_is_sent_command_by_command() {
    let server = Server::start([delivery()]);
    let instance = instance();
    expect_delivery(&plain(&instance, &server));

    let transcript = server.finish();
    let heard = transcript.only();
    assert_eq!(heard.messages(), [MESSAGE]);
    assert_eq!(heard.flights, 5, "EHLO, MAIL, RCPT, DATA, message");
}

// Conformance: 30
#[test]
fn with_pipelining_mail_rcpt_and_data_share_a_flight() {
    let server = Server::start([hello(&["PIPELINING"])
        .expect_group(&["MAIL FROM:<a@mail.test>", "RCPT TO:<b@mail.test>", "DATA"])
        .say("250 2.1.0 Ok\r\n250 2.1.5 Ok")
        .followed_by(content())]);
    let instance = instance();
    expect_delivery(&plain(&instance, &server));

    let transcript = server.finish();
    assert_eq!(transcript.only().messages(), [MESSAGE]);
    assert_eq!(transcript.only().flights, 3, "EHLO, envelope, message");
}

// Conformance: 5
#[test]
fn keywords_are_recognized_in_any_case() {
    let server = Server::start([
        hello(&["pipelining", "Size 1000000", "8bitMIME", "X-OTHER a=b"])
            .expect_group(&[
                "MAIL FROM:<a@mail.test> SIZE=25 BODY=8BITMIME",
                "RCPT TO:<b@mail.test>",
                "DATA",
            ])
            .say("250 2.1.0 Ok\r\n250 2.1.5 Ok")
            .followed_by(content()),
    ]);
    let instance = instance();
    expect_delivery(&plain(&instance, &server));
    server.finish();
}

// Conformance: 8
#[test]
fn greetings_and_replies_may_have_several_lines_and_no_text() {
    let server = Server::start([Script::new()
        .say("220-mail.test ESMTP\r\n220-Welcome.\r\n220")
        .expect("EHLO [127.0.0.1]")
        .say("250")
        .expect("MAIL FROM:<a@mail.test>")
        .say("250")
        .expect("RCPT TO:<b@mail.test>")
        .say("251-Will be\r\n251 forwarded")
        .expect("DATA")
        .followed_by(content())]);
    let instance = instance();
    expect_delivery(&plain(&instance, &server));
    server.finish();
}

// Conformance: 3
#[test]
fn helo_is_used_if_the_server_does_not_know_ehlo() {
    for unknown in ["500 5.5.1 What?", "502 5.5.1 Not here"] {
        let server = Server::start([Script::new()
            .say("220 mail.test SMTP")
            .expect("EHLO [127.0.0.1]")
            .say(unknown)
            .expect("HELO [127.0.0.1]")
            .say("250 mail.test")
            .followed_by(message())]);
        let instance = instance();
        expect_delivery(&plain(&instance, &server));
        server.finish();
    }
}

// Conformance: 3
#[test]
fn a_421_to_ehlo_is_no_reason_for_helo() {
    let busy = "421 4.3.2 Too busy";
    let error = send_error(
        Script::new()
            .say("220 mail.test")
            .expect("EHLO [127.0.0.1]")
            .say(busy)
            .expect_close(),
    );
    assert_eq!(error, rejected(Phase::Hello, busy));
}

#[test]
fn a_server_may_refuse_at_once() {
    let no = "554 5.7.1 No service here";
    let error = send_error(Script::new().say(no).followed_by(quit()));
    assert_eq!(error, rejected(Phase::Greeting, no));

    let busy = "421 4.3.2 Too busy";
    let error = send_error(Script::new().say(busy).hang_up());
    assert_eq!(error, rejected(Phase::Greeting, busy));
}

#[test]
fn another_protocol_than_smtp_is_a_protocol_error() {
    let error = send_error(Script::new().say("SSH-2.0-OpenSSH_9.6").expect_close());
    assert!(
        matches!(error, Error::ProtocolError((Phase::Greeting, _))),
        "{error:?}"
    );

    let error = send_error(
        Script::new()
            .say("220 mail.test")
            .expect("EHLO *")
            .say("250-a\r\n550 b"),
    );
    assert!(
        matches!(error, Error::ProtocolError((Phase::Hello, _))),
        "{error:?}"
    );
}

#[test]
fn only_220_is_a_greeting() {
    let error = send_error(Script::new().say("250 mail.test").expect_close());
    assert!(
        matches!(&error, Error::ProtocolError((Phase::Greeting, what)) if what.contains("250")),
        "{error:?}"
    );
}

#[test]
fn bare_lf_line_ends_are_accepted_and_reported_once() {
    let server = Server::start([Script::new()
        .say_bytes("220-mail.test\n220 ready\n")
        .expect("EHLO *")
        .say_bytes("250-mail.test\n250 PIPELINING\n")
        .expect_group(&["MAIL *", "RCPT *", "DATA"])
        .say_bytes("250 Ok\n250 Ok\n354 Go\n")
        .expect_content()
        .say_bytes(format!("{QUEUED}\n"))]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_transcript_lines(100);
    expect_delivery(&mailer);
    let lines = mailer.take_transcript();
    let named = lines
        .iter()
        .filter(|line| line.source == TranscriptSource::Event && line.text.contains("LF alone"));
    assert_eq!(named.count(), 1, "{lines:?}");
    server.finish();
}

// Conformance: 4
#[test]
fn the_caller_can_set_the_local_name() {
    let server = Server::start([Script::new()
        .say("220 mail.test")
        .expect("EHLO client.example.org")
        .say("250 mail.test")
        .followed_by(message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_local_name("client.example.org").unwrap();
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 4
#[test]
fn a_server_is_reached_over_ipv6() {
    let server = Server::start_v6([Script::new()
        .say("220 mail.test")
        .expect("EHLO [IPv6:::1]")
        .say("250 mail.test")
        .followed_by(message())]);
    let instance = instance();
    expect_delivery(&plain(&instance, &server));
    server.finish();
}

#[test]
fn a_server_is_reached_by_its_name() {
    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = instance.mailer("localhost");
    mailer.set_port(server.port());
    mailer.set_security(host_tests::Security::Plaintext);
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn two_messages_share_a_connection() {
    let server = Server::start([delivery().followed_by(message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    expect_delivery(&mailer);
    expect_delivery(&mailer);
    assert_eq!(server.finish().only().messages(), [MESSAGE, MESSAGE]);
}

// Conformance: 25
#[test]
fn close_sends_quit_and_the_next_message_opens_a_new_connection() {
    let server = Server::start([delivery().followed_by(quit()), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.close();
    expect_delivery(&mailer);
    mailer.close();
    mailer.close();
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn dropping_a_mailer_closes_its_connection_without_quit() {
    let server = Server::start([delivery().expect_close()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    expect_delivery(&mailer);
    drop(mailer);
    server.wait_until_ended();
    server.finish();
}

#[test]
fn two_mailers_of_an_instance_are_independent() {
    let server = Server::start([delivery().followed_by(message()), delivery()]);
    let instance = instance();
    let (one, other) = (plain(&instance, &server), plain(&instance, &server));
    expect_delivery(&one);
    expect_delivery(&other);
    expect_delivery(&one);
    server.finish();
}

// Conformance: 25
#[test]
fn send_mail_sends_a_message_and_quit() {
    let server = Server::start([
        delivery().followed_by(quit()),
        delivery().followed_by(quit()),
    ]);
    let instance = instance();
    let url = format!("smtp://127.0.0.1:{}", server.port());
    for _ in 0..2 {
        let receipt = instance.send_mail(&url, "a@mail.test", &["b@mail.test"], MESSAGE);
        assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
    }
    server.finish();
}

#[test]
fn an_accepted_message_stays_accepted_if_quit_fails() {
    let server = Server::start([delivery().expect("QUIT").hang_up()]);
    let instance = instance();
    let url = format!("smtp://127.0.0.1:{}", server.port());
    let receipt = instance.send_mail(&url, "a@mail.test", &["b@mail.test"], MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
    server.finish();
}

#[test]
fn the_transcript_contains_the_conversation() {
    let server = Server::start([delivery().followed_by(quit())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_transcript_lines(100);
    expect_delivery(&mailer);
    mailer.close();
    server.finish();

    let lines = mailer.take_transcript();
    let said: Vec<_> = lines
        .iter()
        .filter(|line| line.source != TranscriptSource::Event)
        .collect();
    let texts: Vec<_> = said.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(
        texts[..3],
        ["220 mail.test ESMTP", "EHLO [127.0.0.1]", "250 mail.test"]
    );
    assert_eq!(texts[texts.len() - 3..], [QUEUED, "QUIT", "221 2.0.0 Bye"]);
    assert_eq!(
        (said[0].source, said[1].source),
        (TranscriptSource::Server, TranscriptSource::Client)
    );
    assert!(
        !texts.iter().any(|text| text.contains("Hello")),
        "contents are left out: {texts:?}"
    );
    assert!(lines.is_sorted_by_key(|line| line.elapsed) && lines[0].elapsed == 0);
    assert_eq!(mailer.take_transcript(), []);
}

#[test]
fn the_transcript_is_off_by_default_and_keeps_the_newest_lines() {
    let server = Server::start([delivery().followed_by(message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    expect_delivery(&mailer);
    assert_eq!(mailer.take_transcript(), []);
    mailer.set_transcript_lines(1);
    expect_delivery(&mailer);
    let [line] = &mailer.take_transcript()[..] else {
        panic!("not one line")
    };
    assert_eq!(line.text, QUEUED);
    server.finish();
}

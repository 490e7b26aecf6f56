//! LMTP (RFC 2033), in which each recipient has its own reply after the content.

use host_tests::{DsnNotify, Error, Instance, Mailer, Phase, Protocol};
use servers::scripted::{Script, Server};

use crate::support::*;

const OTHER: &str = "250 2.0.0 Stored";
const FULL: &str = "452 4.2.2 Mailbox full";

fn store<'a>(instance: &'a Instance, server: &Server) -> Mailer<'a> {
    let mailer = plain(instance, server);
    mailer.set_protocol(Protocol::Lmtp);
    mailer
}

fn lhlo(keywords: &[&str]) -> Script {
    Script::new()
        .say("220 mail.test LMTP")
        .expect("LHLO [127.0.0.1]")
        .say(&ehlo(keywords))
}

/// The script up to the content. The recipients are b, c and d; c is refused.
fn begun() -> Script {
    lhlo(&["PIPELINING"])
        .expect_group(&["MAIL *", "RCPT *", "RCPT *", "RCPT *", "DATA"])
        .say("250 Ok\r\n250 Ok\r\n550 5.1.1 Nobody\r\n250 Ok\r\n354 Go")
        .expect_content()
}

const THREE: [&str; 3] = ["b@mail.test", "c@mail.test", "d@mail.test"];

#[test]
fn each_accepted_recipient_has_an_answer_of_its_own() {
    let script = begun().say(&format!("{QUEUED}\r\n{OTHER}"));
    let server = Server::start([script
        .expect_group(&["MAIL *", "RCPT *", "DATA"])
        .say("250 Ok\r\n250 Ok\r\n354 Go")
        .expect_content()
        .say(QUEUED)
        .followed_by(quit())]);
    let instance = instance();
    let mailer = store(&instance, &server);
    let receipt = mailer.send(&to(&THREE), MESSAGE).unwrap();
    let accepted = [("b@mail.test", QUEUED), ("d@mail.test", OTHER)];
    assert_eq!(receipt.accepted, refusals(&accepted));
    let refused = [("c@mail.test", "550 5.1.1 Nobody")];
    assert_eq!(receipt.refused, refusals(&refused));
    assert_eq!(receipt.unknown, [""; 0]);
    expect_delivery(&mailer);
    mailer.close();
    server.finish();
}

#[test]
fn some_may_be_refused_after_the_content() {
    let server = Server::start([begun().say(&format!("{QUEUED}\r\n{FULL}"))]);
    let instance = instance();
    let receipt = store(&instance, &server).send(&to(&THREE), MESSAGE);
    let refused = [("c@mail.test", "550 5.1.1 Nobody"), ("d@mail.test", FULL)];
    assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &refused)));
    server.finish();
}

#[test]
fn if_all_are_refused_after_the_content_nobody_gets_it() {
    let server = Server::start([begun()
        .say(&format!("{FULL}\r\n{FULL}"))
        .followed_by(quit())]);
    let instance = instance();
    let mailer = store(&instance, &server);
    let refused = refusals(&[
        ("c@mail.test", "550 5.1.1 Nobody"),
        ("b@mail.test", FULL),
        ("d@mail.test", FULL),
    ]);
    let sent = mailer.send(&to(&THREE), MESSAGE);
    assert_eq!(sent, Err(Error::RecipientsRefused(refused)));
    mailer.close();
    server.finish();
}

/// It refuses nothing: the message may have been delivered.
#[test]
fn a_354_is_no_answer_for_a_recipient() {
    for replies in ["354 Go", "354 Go\r\n250 2.0.0 Stored"] {
        let server = Server::start([begun().say(replies)]);
        let instance = instance();
        let sent = store(&instance, &server).send(&to(&THREE), MESSAGE);
        let error = sent.unwrap_err();
        let is_right = matches!(error, Error::ProtocolError((Phase::Acceptance, _)));
        assert!(is_right, "{error:?}");
        server.finish();
    }
}

#[test]
fn a_recipient_without_an_answer_is_unknown() {
    let server = Server::start([begun().say(QUEUED).hang_up()]);
    let instance = instance();
    let receipt = store(&instance, &server)
        .send(&to(&THREE), MESSAGE)
        .unwrap();
    assert_eq!(receipt.accepted, refusals(&[("b@mail.test", QUEUED)]));
    assert_eq!(receipt.unknown, ["d@mail.test"]);
    server.finish();
}

#[test]
fn without_an_answer_the_message_may_have_been_delivered() {
    let server = Server::start([begun().hang_up()]);
    let instance = instance();
    let sent = store(&instance, &server).send(&to(&THREE), MESSAGE);
    assert_eq!(sent, Err(Error::Disconnected(Phase::Acceptance)));
    server.finish();
}

#[test]
fn a_server_that_refuses_lhlo_is_not_spoken_to_with_helo() {
    let no = "550 5.7.1 Not you";
    let script = Script::new().say("220 mail.test").expect("LHLO *").say(no);
    let server = Server::start([script.followed_by(quit())]);
    let instance = instance();
    let sent = store(&instance, &server).send(&to_b(), MESSAGE);
    assert_eq!(sent, Err(rejected(Phase::Hello, no)));
    server.finish();
}

#[test]
fn the_other_protocol_is_named() {
    let says = |error: Result<_, Error>, words: &str| match error {
        Err(Error::ProtocolError((Phase::Hello, what))) => assert!(what.contains(words), "{what}"),
        other => panic!("{other:?}"),
    };
    let greeting = || Script::new().say("220 mail.test ready");
    let server = Server::start([
        greeting()
            .expect("LHLO *")
            .say("502 5.5.2 Unknown")
            .expect_close(),
        greeting()
            .expect("EHLO *")
            .say("502 5.5.2 Unknown")
            .expect("HELO *")
            .say("502 5.5.2 Unknown")
            .expect_close(),
    ]);
    let instance = instance();
    let sent = store(&instance, &server).send(&to_b(), MESSAGE);
    says(sent, "set-protocol(smtp)");
    let sent = plain(&instance, &server).send(&to_b(), MESSAGE);
    says(sent, "set-protocol(lmtp)");
    server.finish();
}

#[test]
fn a_recipient_may_be_a_name_without_a_domain() {
    let script = lhlo(&["DSN"])
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 Ok")
        .expect("RCPT TO:<ann+folder> NOTIFY=NEVER")
        .say("250 Ok")
        .expect("DATA")
        .say("354 Go")
        .expect_content()
        .say(QUEUED);
    let by_steps = Script::new()
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 Ok")
        .expect("RCPT TO:<ben>")
        .say("250 Ok");
    let server = Server::start([
        script.followed_by(quit()),
        lhlo(&[]).followed_by(by_steps).followed_by(quit()),
    ]);
    let instance = instance();
    let mailer = store(&instance, &server);
    let options = instance.options();
    options
        .set_notify(Some("ann+folder"), DsnNotify::NEVER)
        .unwrap();
    let receipt = mailer.send_with(Some(&options), &to(&["ann+folder"]), MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&["ann+folder"], &[])));
    mailer.close();

    let client = mailer.connect().unwrap();
    client.mail(Some("a@mail.test")).unwrap();
    client.rcpt("ben").unwrap();
    client.quit().unwrap();
    server.finish();

    let in_smtp = instance.mailer("127.0.0.1");
    assert_invalid(in_smtp.send(&to(&["ann"]), MESSAGE));
}

#[test]
fn a_session_can_use_it_step_by_step() {
    let rcpt = |name: &str| {
        let line = format!("RCPT TO:<{name}@mail.test>");
        Script::new().expect(&line).say("250 Ok")
    };
    let script = lhlo(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 Ok")
        .followed_by(rcpt("b"))
        .followed_by(rcpt("c"))
        .expect("DATA")
        .say("354 Go")
        .expect_content()
        .say(&format!("{QUEUED}\r\n{FULL}"));
    let server = Server::start([script.followed_by(quit())]);
    let instance = instance();
    let client = store(&instance, &server).connect().unwrap();
    client.mail(Some("a@mail.test")).unwrap();
    client.rcpt("b@mail.test").unwrap();
    client.rcpt("c@mail.test").unwrap();
    let message = client.data().unwrap();
    message.write(MESSAGE).unwrap();
    let expected = receipt_of(&["b@mail.test"], &[("c@mail.test", FULL)]);
    assert_eq!(message.finish(), Ok(expected));
    client.quit().unwrap();
    server.finish();
}

#[test]
fn chunks_have_one_answer_each_and_the_last_one_for_each_recipient() {
    let message = "x\r\n".repeat(30_000);
    let script = lhlo(&["CHUNKING"]).followed_by(envelope());
    let server = Server::start([script.expect_counted_chunks("250 Ok").say(QUEUED)]);
    let instance = instance();
    let sent = store(&instance, &server).send(&to_b(), message.as_bytes());
    assert_eq!(sent, Ok(receipt_of(&["b@mail.test"], &[])));
    assert_eq!(server.finish().only().counted[0].octets, 90_000);
}

//! What leaves together with a message (pipelining), and how long a connection is kept for the next
//! (connection reuse).

use std::time::Duration;

use host_tests::{Error, Phase};
use servers::scripted::{Script, Server};

use crate::support::*;

const ENVELOPE: [&str; 2] = ["MAIL FROM:<a@mail.test>", "RCPT TO:<b@mail.test>"];
const ACCEPTED: &str = "250 2.1.0 Ok\r\n250 2.1.5 Ok";

#[test]
fn send_mail_pipelines_quit_after_the_last_chunk() {
    let script = chunking()
        .expect_group(&ENVELOPE)
        .say(ACCEPTED)
        .expect_chunk(&bdat())
        .expect_group(&["QUIT"])
        .say(&format!("{QUEUED}\r\n221 2.0.0 Bye"))
        .hang_up();
    let server = Server::start([script]);
    let instance = instance();
    let url = format!("smtp://127.0.0.1:{}", server.port());
    let receipt = instance.send_mail(&url, "a@mail.test", &["b@mail.test"], MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
    assert_eq!(server.finish().only().contents, [MESSAGE]);
}

#[test]
fn send_mail_sends_quit_after_the_reply_to_data() {
    let script = hello(&["PIPELINING"])
        .expect_group(&[ENVELOPE[0], ENVELOPE[1], "DATA"])
        .say(&format!("{ACCEPTED}\r\n354 Go ahead"))
        .expect_content()
        .say(QUEUED)
        .followed_by(quit());
    let server = Server::start([script]);
    let instance = instance();
    let url = format!("smtp://127.0.0.1:{}", server.port());
    let receipt = instance.send_mail(&url, "a@mail.test", &["b@mail.test"], MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
    assert_eq!(server.finish().only().messages(), [MESSAGE]);
}

fn chunking() -> Script {
    hello(&["PIPELINING", "CHUNKING"])
}

fn bdat() -> String {
    format!("BDAT {} LAST", MESSAGE.len())
}

#[test]
fn with_early_content_a_small_message_leaves_with_its_envelope() {
    let early = || {
        Script::new()
            .expect_group(&ENVELOPE)
            .expect_chunk(&bdat())
            .say(&format!("{ACCEPTED}\r\n{QUEUED}"))
    };
    let server = Server::start([chunking().followed_by(early()).followed_by(early())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_content_pipelining(true);
    expect_delivery(&mailer);
    expect_delivery(&mailer);
    assert_eq!(server.finish().only().contents, [MESSAGE, MESSAGE]);
}

#[test]
fn an_unanswered_early_message_may_have_been_delivered_and_is_not_sent_again() {
    let lost = Script::new()
        .expect_group(&ENVELOPE)
        .expect_chunk(&bdat())
        .hang_up();
    let kept = chunking()
        .expect_group(&ENVELOPE)
        .expect_chunk(&bdat())
        .say(&format!("{ACCEPTED}\r\n{QUEUED}"));
    let server = Server::start([kept.followed_by(lost)]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_content_pipelining(true);
    expect_delivery(&mailer);
    let error = mailer.send(&to_b(), MESSAGE);
    assert_eq!(error, Err(Error::Disconnected(Phase::Acceptance)));
    server.finish();
}

#[test]
fn a_connection_carries_at_most_the_allowed_number_of_messages() {
    let two = || delivery().followed_by(message()).followed_by(quit());
    let server = Server::start([two(), two()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_connection_limits(None, Some(2));
    for _ in 0..4 {
        expect_delivery(&mailer);
    }
    mailer.close();
    server.finish();
}

#[test]
fn a_connection_idle_for_too_long_is_closed_with_quit() {
    let server = Server::start([delivery().followed_by(quit()), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    // Shorter than any pause.
    mailer.set_connection_limits(Some(Duration::from_nanos(1)), None);
    expect_delivery(&mailer);
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn with_a_limit_of_one_message_each_has_its_own_connection() {
    for messages in [0, 1] {
        let server = Server::start([delivery().followed_by(quit()), delivery()]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        mailer.set_connection_limits(None, Some(messages));
        expect_delivery(&mailer);
        expect_delivery(&mailer);
        server.finish();
    }
}

#[test]
fn without_limits_a_connection_is_kept() {
    let server = Server::start([delivery().followed_by(message()).followed_by(message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_connection_limits(Some(Duration::from_secs(3600)), Some(3));
    for _ in 0..3 {
        expect_delivery(&mailer);
    }
    server.finish();
}

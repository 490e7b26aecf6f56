//! What leaves together with a message, and how long a connection is kept for the next.

use std::time::Duration;

use host_tests::{Error, Phase};
use servers::scripted::{Server, Session};

use crate::support::*;

const ENVELOPE: [&str; 2] = ["MAIL FROM:<a@mail.test>", "RCPT TO:<b@mail.test>"];
const ACCEPTED: &str = "250 2.1.0 Ok\r\n250 2.1.5 Ok";

#[test]
fn one_call_says_quit_in_one_flight_with_the_end_of_the_message() {
    let script = chunking()
        .expect_group(&ENVELOPE)
        .say(ACCEPTED)
        .chunk(&bdat())
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
fn one_call_says_quit_after_the_answer_to_data() {
    let script = hello(&["PIPELINING"])
        .expect_group(&[ENVELOPE[0], ENVELOPE[1], "DATA"])
        .say(&format!("{ACCEPTED}\r\n354 Go ahead"))
        .content()
        .say(QUEUED)
        .followed_by(quit());
    let server = Server::start([script]);
    let instance = instance();
    let url = format!("smtp://127.0.0.1:{}", server.port());
    let receipt = instance.send_mail(&url, "a@mail.test", &["b@mail.test"], MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
    assert_eq!(server.finish().only().messages(), [MESSAGE]);
}

fn chunking() -> Session {
    hello(&["PIPELINING", "CHUNKING"])
}

fn bdat() -> String {
    format!("BDAT {} LAST", MESSAGE.len())
}

#[test]
fn where_it_is_allowed_a_small_message_leaves_with_its_envelope() {
    let early = || {
        Session::new()
            .expect_group(&ENVELOPE)
            .chunk(&bdat())
            .say(&format!("{ACCEPTED}\r\n{QUEUED}"))
    };
    let server = Server::start([chunking().followed_by(early()).followed_by(early())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_content_pipelining(true);
    delivers(&mailer);
    delivers(&mailer);
    assert_eq!(server.finish().only().contents, [MESSAGE, MESSAGE]);
}

#[test]
fn a_message_that_left_early_and_was_not_answered_is_perhaps_delivered_and_not_sent_anew() {
    let lost = Session::new()
        .expect_group(&ENVELOPE)
        .chunk(&bdat())
        .hang_up();
    let kept = chunking()
        .expect_group(&ENVELOPE)
        .chunk(&bdat())
        .say(&format!("{ACCEPTED}\r\n{QUEUED}"));
    let server = Server::start([kept.followed_by(lost)]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_content_pipelining(true);
    delivers(&mailer);
    let error = mailer.send(&to_b(), MESSAGE);
    assert_eq!(error, Err(Error::Disconnected(Phase::Acceptance)));
    server.finish();
}

#[test]
fn a_connection_carries_no_more_messages_than_it_may() {
    let two = || delivery().followed_by(message()).followed_by(quit());
    let server = Server::start([two(), two()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_connection_limits(None, Some(2));
    for _ in 0..4 {
        delivers(&mailer);
    }
    mailer.close();
    server.finish();
}

#[test]
fn a_connection_that_was_not_used_for_too_long_is_left_with_quit() {
    let server = Server::start([delivery().followed_by(quit()), delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    // Any time at all.
    mailer.set_connection_limits(Some(Duration::from_nanos(1)), None);
    delivers(&mailer);
    delivers(&mailer);
    server.finish();
}

#[test]
fn with_a_limit_of_one_message_each_has_its_own_connection() {
    for messages in [0, 1] {
        let server = Server::start([delivery().followed_by(quit()), delivery()]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        mailer.set_connection_limits(None, Some(messages));
        delivers(&mailer);
        delivers(&mailer);
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
        delivers(&mailer);
    }
    server.finish();
}

//! Many messages at the same time, over the connections of one mailer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use host_tests::{Error, Mailer, Pending, Phase, Receipt};
use servers::scripted::{Script, Server};

use crate::meeting::{Meeting, expect_and_meet};
use crate::support::*;

const MB: usize = 1 << 20;

fn delivered() -> Result<Receipt, Error> {
    Ok(receipt_of(&["b@mail.test"], &[]))
}

/// So many calls at the same time.
fn begin<'a>(mailer: &Mailer<'a>, messages: usize) -> Vec<Pending<'a, Result<Receipt, Error>>> {
    let begun = (0..messages).map(|_| mailer.begin_send(&to_b(), MESSAGE));
    begun.collect()
}

fn wait(calls: Vec<Pending<Result<Receipt, Error>>>) -> Vec<Result<Receipt, Error>> {
    calls.into_iter().map(Pending::wait).collect()
}

/// A message whose recipient is accepted after these meetings.
fn message_after(meetings: &[&Meeting]) -> Script {
    Script::new()
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .followed_by(expect_and_meet("RCPT TO:<b@mail.test>", meetings))
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .followed_by(content())
}

#[test]
fn messages_at_the_same_time_have_a_connection_each() {
    let all = Meeting::of(5);
    let further = || hello(&[]).followed_by(message_after(&[&all]));
    let first = delivery().followed_by(message_after(&[&all]));
    let server = Server::start([first, further(), further(), further(), further()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    expect_delivery(&mailer);
    assert_eq!(wait(begin(&mailer, 5)), vec![delivered(); 5]);
    server.finish();
}

#[test]
fn the_first_message_goes_alone_until_the_server_takes_its_login() {
    let taken = Arc::new(AtomicBool::new(false));
    let all = Meeting::of(3);
    let go_ahead = taken.clone();
    let log_in = || {
        Script::new()
            .expect("AUTH PLAIN AGEAYg==")
            .say("235 2.7.0 Welcome")
    };
    let first = hello(&["AUTH PLAIN"])
        .followed_by(log_in())
        .followed_by(envelope())
        .expect_that("DATA", move |line| {
            go_ahead.store(true, Ordering::Relaxed);
            line == "DATA"
        })
        .say("354 Go ahead")
        .expect_group(&["Subject: hello", "", "Hello"])
        .followed_by(expect_and_meet(".", &[&all]))
        .say(QUEUED);
    let further = || {
        let taken = taken.clone();
        Script::new()
            .say("220 mail.test ESMTP")
            .expect_that("EHLO after the first", move |_| {
                taken.load(Ordering::Relaxed)
            })
            .say(&ehlo(&["AUTH PLAIN"]))
            .followed_by(log_in())
            .followed_by(message_after(&[&all]))
    };
    let server = Server::start([first, further(), further()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password("a", "b");
    assert_eq!(wait(begin(&mailer, 3)), vec![delivered(); 3]);
    server.finish();
}

#[test]
fn over_one_connection_messages_go_in_the_order_of_their_calls() {
    let messages = ["one", "two", "three", "four"].map(|name| format!("Subject: {name}\r\n\r\n"));
    let script = messages
        .iter()
        .fold(hello(&[]), |script, _| script.followed_by(message()));
    let server = Server::start([script.followed_by(quit())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_connections(1);
    let begun = messages
        .iter()
        .map(|message| mailer.begin_send(&to_b(), message.as_bytes()));
    let begun: Vec<_> = begun.collect();
    assert_eq!(wait(begun), vec![delivered(); 4]);
    mailer.close();
    assert_eq!(
        server.finish().only().messages(),
        messages.map(String::into_bytes)
    );
}

#[test]
fn a_connection_that_fails_does_not_affect_the_others() {
    let all = Meeting::of(3);
    let failing = hello(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .followed_by(expect_and_meet("RCPT TO:<b@mail.test>", &[&all]))
        .hang_up();
    let first = delivery().followed_by(message_after(&[&all]));
    let third = hello(&[]).followed_by(message_after(&[&all]));
    let server = Server::start([first, failing, third]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    expect_delivery(&mailer);
    let outcomes = wait(begin(&mailer, 3));
    let failed = |outcome: &&_| **outcome == Err(Error::Disconnected(Phase::Rcpt));
    assert_eq!(outcomes.iter().filter(failed).count(), 1, "{outcomes:?}");
    let sent = outcomes.iter().filter(|outcome| **outcome == delivered());
    assert_eq!(sent.count(), 2, "{outcomes:?}");
    server.finish();
}

#[test]
fn if_the_server_takes_two_connections_the_others_wait_for_these() {
    // The second connection is busy until the first has carried all but one message.
    let last = Meeting::of(2);
    let first = [message(), message(), message(), message_after(&[&last])];
    let first = first.into_iter().fold(delivery(), Script::followed_by);
    let second = hello(&[]).followed_by(message_after(&[&last]));
    let third = Script::new()
        .say("421 4.7.0 Too many connections")
        .hang_up();
    let server = Server::start([first, second, third]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_connections(3);
    expect_delivery(&mailer);
    assert_eq!(wait(begin(&mailer, 5)), vec![delivered(); 5]);
    server.finish();
}

#[test]
fn a_wrong_password_is_tried_once_for_all_who_wait() {
    let wrong = "535 5.7.8 Wrong user name or password";
    let login = |reply| hello(&["AUTH PLAIN"]).expect("AUTH PLAIN *").say(reply);
    let server = Server::start([
        login(wrong).followed_by(quit()),
        login("235 2.7.0 Welcome").followed_by(message()),
    ]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password("ada", "wrong");
    let refused = Err(auth_refused(&["PLAIN"], wrong));
    assert_eq!(wait(begin(&mailer, 10)), vec![refused; 10]);
    mailer.set_password("ada", "right");
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn close_waits_for_messages_and_says_quit_over_each_connection() {
    let (begun, closing) = (Meeting::of(3), Meeting::of(3));
    let held = || message_after(&[&begun, &closing]).followed_by(quit());
    let server = Server::start([
        delivery().followed_by(held()),
        hello(&[]).followed_by(held()),
        delivery(),
    ]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    expect_delivery(&mailer);
    let sending = begin(&mailer, 2);
    assert!(begun.takes_place());
    let close = mailer.begin_close();
    // A later call has returned, so that `close` has begun.
    mailer.set_transcript_lines(0);
    assert!(close.is_running());
    assert!(closing.takes_place());
    assert_eq!(wait(sending), vec![delivered(); 2]);
    close.wait();
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn calls_over_the_waiting_limit_do_not_take_memory() {
    const MESSAGES: usize = 8;
    let (held, measured) = (Meeting::of(2), Meeting::of(2));
    let counted = || {
        Script::new()
            .expect("DATA")
            .say("354 Go")
            .expect_counted_content()
            .say(QUEUED)
    };
    let message = |meetings: &[&Meeting]| {
        Script::new()
            .expect("MAIL FROM:<a@mail.test>")
            .say("250 2.1.0 Ok")
            .followed_by(expect_and_meet("RCPT TO:<b@mail.test>", meetings))
            .say("250 2.1.5 Ok")
            .followed_by(counted())
    };
    let first = delivery().followed_by(message(&[&held, &measured]));
    let script = (1..MESSAGES).fold(first, |script, _| script.followed_by(message(&[])));
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_connections(1);
    mailer.set_waiting_limit(1);
    expect_delivery(&mailer);
    let before = instance.memory();
    let large = b"Lorem ipsum dolor sit amet\r\n".repeat(4 * MB / 28);
    let calls: Vec<_> = (0..MESSAGES)
        .map(|_| mailer.begin_send(&to_b(), &large))
        .collect();
    assert!(held.takes_place());
    let grown = instance.memory() - before;
    assert!(measured.takes_place());
    assert_eq!(wait(calls), vec![delivered(); MESSAGES]);
    // One call has the connection, one waits, and one has been told so after it began.
    assert!(grown < 4 * 4 * MB, "{grown} octets");
    server.finish();
}

#[test]
fn messages_keep_the_distance_of_the_rate_limit() {
    let script = (0..3).fold(hello(&[]), |script, _| script.followed_by(message()));
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_connections(1);
    mailer.set_rate_limits(Some(600), None);
    let began = Instant::now();
    assert_eq!(wait(begin(&mailer, 3)), vec![delivered(); 3]);
    assert!(began.elapsed() >= Duration::from_millis(200));
    server.finish();
}

#[test]
fn a_message_waits_for_a_connection_no_longer_than_the_call_may_take() {
    let (begun, timed_out) = (Meeting::of(2), Meeting::of(2));
    let server = Server::start([delivery().followed_by(message_after(&[&begun, &timed_out]))]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_connections(1);
    expect_delivery(&mailer);
    let first = mailer.begin_send(&to_b(), MESSAGE);
    assert!(begun.takes_place());
    mailer.set_timeout(host_tests::Timeout::Total, Duration::from_millis(10));
    let second = mailer.send(&to_b(), MESSAGE);
    assert_eq!(
        second,
        Err(crate::support::timed_out(
            Phase::Connect,
            host_tests::Timeout::Total
        ))
    );
    assert!(timed_out.takes_place());
    assert_eq!(first.wait(), delivered());
    server.finish();
}

//! Connection reuse: when the kept connection carries the next message, and when a new one does.

use std::time::Duration;

use envoi::smtp::error::{Error, Phase};
use envoi::smtp::parameters::Options;

use super::messages::{ENVELOPE, HELLO, send};
use super::network::{FakeNetwork, both_ways};

/// A whole message over a new connection.
fn first() -> String {
    format!("{ENVELOPE} C: ...\nS: 250 First\n")
}

const SECOND: &str = "
    C: MAIL FROM:<a@example.net>
    S: 250 OK
    C: RCPT TO:<b@example.org>
    S: 250 OK
    C: DATA
    S: 354 Go ahead
    C: ...
    S: 250 Second
";

/// Sends two messages with one mailer; returns how many connections that took.
fn send_two(network: &FakeNetwork, between: Duration) -> usize {
    let mut mailer = network.mailer();
    mailer.set_connection_limits(Some(Duration::from_secs(60)), Some(2));
    assert_eq!(send(network, &mut mailer, HELLO).as_deref(), Ok("First"));
    network.lets_pass(between);
    assert_eq!(send(network, &mut mailer, HELLO).as_deref(), Ok("Second"));
    network.attempts().len()
}

fn new_connection() -> String {
    format!("{ENVELOPE} C: ...\nS: 250 Second")
}

#[test]
fn the_next_message_goes_over_the_kept_connection() {
    both_ways(|network| {
        network.serves(&format!("{}{SECOND}", first()));
        assert_eq!(send_two(network, Duration::from_secs(59)), 1);
    });
}

#[test]
fn a_connection_that_was_closed_meanwhile_is_not_tried() {
    both_ways(|network| {
        network.serves(&format!("{} S: 421 Idle for too long\ncloses", first()));
        network.serves(&new_connection());
        assert_eq!(send_two(network, Duration::ZERO), 2);
    });
}

#[test]
fn a_kept_connection_that_turns_out_to_be_dead_is_replaced_once() {
    for end in ["closes", "breaks", "S: 421 Idle for too long"] {
        both_ways(|network| {
            network.serves(&format!("{} C: MAIL FROM:<a@example.net>\n{end}", first()));
            network.serves(&new_connection());
            assert_eq!(send_two(network, Duration::ZERO), 2, "{end}");
        });
    }
}

#[test]
fn a_new_connection_that_is_dead_too_is_an_error() {
    both_ways(|network| {
        network.serves(&format!("{} C: MAIL FROM:<a@example.net>\ncloses", first()));
        network.serves(
            "
            S: 220 mail.example.org ESMTP
            C: EHLO [192.0.2.9]
            S: 250 mail.example.org
            C: MAIL FROM:<a@example.net>
            closes",
        );
        let mut mailer = network.mailer();
        assert!(send(network, &mut mailer, HELLO).is_ok());
        let result = send(network, &mut mailer, HELLO);
        assert_eq!(result, Err(Error::Disconnected(Phase::Mail)));
    });
}

#[test]
fn a_connection_that_was_idle_for_too_long_ends_with_quit() {
    both_ways(|network| {
        network.serves(&format!("{} C: QUIT\nS: 221 Bye", first()));
        network.serves(&new_connection());
        assert_eq!(send_two(network, Duration::from_secs(60)), 2);
    });
}

#[test]
fn a_message_in_pieces_too_replaces_a_dead_connection() {
    both_ways(|network| {
        network.serves(&format!("{} C: MAIL FROM:<a@example.net>\ncloses", first()));
        network.serves(&new_connection());
        let mut mailer = network.mailer();
        assert!(send(network, &mut mailer, HELLO).is_ok());
        let (recipients, options) = (["b@example.org".into()], Options::default());
        let receipt = network.run(async {
            let started = mailer.start_message(Some("a@example.net"), &recipients, &options);
            let mut message = started.await?;
            message.write(HELLO.as_bytes()).await?;
            message.finish().await
        });
        assert_eq!(receipt.unwrap().accepted[0].reply.lines, ["Second"]);
    });
}

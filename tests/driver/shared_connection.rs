//! A connection that a session shares with the message that it writes.

use std::pin::pin;
use std::task::{Context, Waker};

use envoi::smtp::error::Error;
use envoi::smtp::parameters::Options;

use super::messages::{ENVELOPE, HELLO, send};
use super::network::both_ways;

const READY: &str = "
    S: 220 mail.example.org ESMTP
    C: EHLO [192.0.2.9]
    S: 250 mail.example.org
    C: NOOP
";

fn starts<T>(future: impl Future<Output = T>) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(pin!(future).poll(&mut context).is_pending());
}

#[test]
fn a_call_that_is_given_up_takes_its_connection_with_it() {
    both_ways(|network| {
        network.serves(READY);
        let client = network.run(network.mailer().connect()).unwrap();
        starts(client.noop());
        let result = network.run(client.noop());
        assert!(matches!(result, Err(Error::WrongState(_))), "{result:?}");
    });
}

#[test]
fn one_call_at_a_time_uses_the_connection() {
    both_ways(|network| {
        network.serves(&format!("{READY} after 1s\nS: 250 OK"));
        let client = network.run(network.mailer().connect()).unwrap();
        let mut noop = pin!(client.noop());
        let mut context = Context::from_waker(Waker::noop());
        assert!(noop.as_mut().poll(&mut context).is_pending());
        let result = network.run(client.reset());
        assert!(matches!(result, Err(Error::WrongState(_))), "{result:?}");
        assert_eq!(network.run(noop).unwrap().code, 250);
    });
}

#[test]
fn a_message_that_is_dropped_unfinished_closes_the_connection() {
    both_ways(|network| {
        network.serves(ENVELOPE);
        network.serves(&format!("{ENVELOPE} C: ...\nS: 250 Second"));
        let mut mailer = network.mailer();
        let (recipients, options) = (["b@example.org".into()], Options::default());
        let started = mailer.start_message(Some("a@example.net"), &recipients, &options);
        drop(network.run(started).unwrap());
        let reply = send(network, &mut mailer, HELLO);
        assert_eq!(reply.as_deref(), Ok("Second"));
    });
}

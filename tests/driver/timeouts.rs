//! Each limit, and the total, on a clock that jumps.

use std::time::Duration;

use envoi::smtp::config::{PipeliningAfterMessage, Security};
use envoi::smtp::error::{Error, Phase, Timeout};
use envoi::smtp::parameters::Options;

use super::messages::{ENVELOPE, HELLO, PIPELINED_ENVELOPE, large, send};
use super::network::{FakeNetwork, both_ways};

/// Sends a message to a server that falls silent.
fn waits(network: &FakeNetwork, script: &str, message: &str) -> (Result<String, Error>, u64) {
    network.serves(script);
    let result = send(network, &mut network.mailer(), message);
    (result, network.elapsed().as_secs())
}

// Conformance: 26
#[test]
fn each_phase_has_its_limit() {
    let conversations: [(&str, _, _, u64); 6] = [
        ("", Phase::Greeting, Timeout::Greeting, 300),
        (
            "S: 220 ready\nC: EHLO [192.0.2.9]",
            Phase::Hello,
            Timeout::Command,
            300,
        ),
        (
            "S: 220 ready\nC: EHLO [192.0.2.9]\nS: 250 ready\nC: MAIL FROM:<a@example.net>",
            Phase::Mail,
            Timeout::Command,
            300,
        ),
        (
            ENVELOPE.trim_end().trim_end_matches("S: 354 Go ahead"),
            Phase::Data,
            Timeout::Data,
            120,
        ),
        (
            &format!("{ENVELOPE} reads nothing"),
            Phase::Content,
            Timeout::Block,
            180,
        ),
        (
            &format!("{ENVELOPE} C: ..."),
            Phase::Acceptance,
            Timeout::Acceptance,
            600,
        ),
    ];
    for (script, phase, limit, seconds) in conversations {
        both_ways(|network| {
            let message = if phase == Phase::Content {
                large()
            } else {
                HELLO.into()
            };
            let error = Err(Error::Timeout(phase, limit));
            assert_eq!(waits(network, script, &message), (error, seconds));
        });
    }
}

#[test]
fn a_lookup_has_the_limit_of_connecting() {
    both_ways(|network| {
        let result = send(network, &mut network.mailer(), HELLO);
        let error = Error::Timeout(Phase::Lookup, Timeout::Connect);
        assert_eq!(result, Err(error));
        assert_eq!(network.elapsed(), Duration::from_secs(30));
    });
}

#[test]
fn a_tls_handshake_has_its_limit() {
    both_ways(|network| {
        network.serves("");
        let mut mailer = network.mailer();
        mailer.set_security(Security::ImplicitTls);
        let result = send(network, &mut mailer, HELLO);
        assert_eq!(result, Err(Error::Timeout(Phase::Tls, Timeout::Tls)));
        assert_eq!(network.elapsed(), Duration::from_secs(30));
    });
}

#[test]
fn each_reply_starts_a_limit_anew() {
    both_ways(|network| {
        let slow = ENVELOPE.replace("S: ", "after 100s\nS: ");
        let script = format!("{slow} C: ...\nafter 500s\nS: 250 Queued as 4711");
        let (reply, seconds) = waits(network, &script, HELLO);
        assert_eq!((reply.as_deref(), seconds), (Ok("Queued as 4711"), 1000));
    });
}

#[test]
fn the_total_ends_a_call_whose_replies_are_each_in_time() {
    both_ways(|network| {
        network.serves(
            "
            after 4s
            S: 220 mail.example.org ESMTP
            C: EHLO [192.0.2.9]
            after 4s
            S: 250 mail.example.org
            C: MAIL FROM:<a@example.net>
            after 4s
            S: 250 OK",
        );
        let mut mailer = network.mailer();
        mailer.set_timeout(Timeout::Total, Some(Duration::from_secs(10)));
        let result = send(network, &mut mailer, HELLO);
        assert_eq!(result, Err(Error::Timeout(Phase::Mail, Timeout::Total)));
        assert_eq!(network.elapsed(), Duration::from_secs(10));
    });
}

#[test]
fn the_reply_to_quit_is_waited_for_two_seconds() {
    both_ways(|network| {
        network.serves(&format!("{ENVELOPE} C: ...\nS: 250 OK\nC: QUIT"));
        let mut mailer = network.mailer();
        assert!(send(network, &mut mailer, HELLO).is_ok());
        network.run(mailer.close());
        assert_eq!(network.elapsed(), Duration::from_secs(2));
    });
}

#[test]
fn an_envelope_that_a_server_lost_after_a_message_costs_five_seconds() {
    both_ways(|network| {
        network.serves(&format!(
            "{PIPELINED_ENVELOPE}
            C: ...
            S: 250 First"
        ));
        network.serves(&format!("{ENVELOPE} C: ...\nS: 250 Second"));
        let mut mailer = network.mailer();
        mailer.set_pipelining_after_message(PipeliningAfterMessage::Always);
        let (recipients, options) = (["b@example.org".into()], Options::default());
        let message = |mailer: &envoi::Mailer<_>| {
            let sender = Some("a@example.net");
            mailer.outgoing_message(sender, &recipients, HELLO.as_bytes(), &options)
        };
        let messages = [message(&mailer).unwrap(), message(&mailer).unwrap()];
        let receipts = network.run(mailer.send_all(&messages));
        let line = |place: usize| &receipts[place].as_ref().unwrap().accepted[0].reply.lines[0];
        assert_eq!((line(0).as_str(), line(1).as_str()), ("First", "Second"));
        assert_eq!(network.elapsed(), Duration::from_secs(5));
    });
}

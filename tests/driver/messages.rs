//! Whole messages, and messages in pieces.

use envoi::smtp::error::{Error, Phase};
use envoi::smtp::parameters::Options;

use super::network::{FakeNetwork, both_ways};

pub(crate) const HELLO: &str = "Subject: hello\r\n\r\nHello.\r\n";

/// Up to 354, with a reply to each command.
pub(crate) const ENVELOPE: &str = "
    S: 220 mail.example.org ESMTP
    C: EHLO [192.0.2.9]
    S: 250 mail.example.org
    C: MAIL FROM:<a@example.net>
    S: 250 OK
    C: RCPT TO:<b@example.org>
    S: 250 OK
    C: DATA
    S: 354 Go ahead
";

/// The same in one group.
pub(crate) const PIPELINED_ENVELOPE: &str = "
    S: 220 mail.example.org ESMTP
    C: EHLO [192.0.2.9]
    S: 250-mail.example.org
    S: 250 PIPELINING
    C: MAIL FROM:<a@example.net>
    C: RCPT TO:<b@example.org>
    C: DATA
    S: 250 OK
    S: 250 OK
    S: 354 Go ahead
";

/// A message of more than one block.
pub(crate) fn large() -> String {
    format!("Subject: large\r\n\r\n{}", "Hello.\r\n".repeat(25_000))
}

pub(crate) fn send(
    network: &FakeNetwork,
    mailer: &mut envoi::Mailer<FakeNetwork>,
    message: &str,
) -> Result<String, Error> {
    let recipients = ["b@example.org".into()];
    let options = Options::default();
    let sender = Some("a@example.net");
    let message = mailer.outgoing_message(sender, &recipients, message.as_bytes(), &options)?;
    let receipt = network.run(mailer.send(&message))?;
    Ok(receipt.accepted[0].reply.lines.join("\n"))
}

fn send_to(network: &FakeNetwork, script: &str, message: &str) -> Result<String, Error> {
    network.serves(script);
    send(network, &mut network.mailer(), message)
}

#[test]
fn a_message_goes_from_the_greeting_to_quit() {
    both_ways(|network| {
        network.serves(&format!(
            "{PIPELINED_ENVELOPE}
            C: Subject: hello
            C:
            C: Hello.
            C: .
            S: 250 Queued as 4711
            C: QUIT
            S: 221 Bye
            closes"
        ));
        let mut mailer = network.mailer();
        let reply = send(network, &mut mailer, HELLO);
        assert_eq!(reply.as_deref(), Ok("Queued as 4711"));
        network.run(mailer.close());
        assert!(network.elapsed().is_zero());
    });
}

#[test]
fn a_message_can_be_written_in_pieces() {
    both_ways(|network| {
        network.serves(&format!(
            "{ENVELOPE}
            C: Subject: hello
            C:
            C: ..
            C: .
            S: 250 Queued as 4711"
        ));
        let mut mailer = network.mailer();
        let (recipients, options) = (["b@example.org".into()], Options::default());
        let receipt = network.run(async {
            let started = mailer.start_message(Some("a@example.net"), &recipients, &options);
            let mut message = started.await?;
            for piece in ["Subject: hel", "lo\r\n\r\n.", "\r\n"] {
                message.write(piece.as_bytes()).await?;
            }
            message.finish().await
        });
        assert_eq!(receipt.unwrap().accepted[0].reply.code, 250);
    });
}

#[test]
fn replies_are_read_while_the_server_takes_no_commands() {
    both_ways(|network| {
        let script = "
            S: 220 mail.example.org ESMTP
            C: EHLO [192.0.2.9]
            S: 250-mail.example.org
            S: 250 PIPELINING
            C: MAIL FROM:<a@example.net>
            S: 250 OK
            writes first
            C: RCPT TO:<b@example.org>
            S: 250 OK
            writes first
            C: DATA
            S: 354 Go ahead
            writes first
            C: ...
            S: 250 Queued as 4711";
        let reply = send_to(network, script, HELLO);
        assert_eq!(reply.as_deref(), Ok("Queued as 4711"));
        assert!(network.elapsed().is_zero());
    });
}

#[test]
fn a_reply_in_the_middle_of_the_content_ends_the_message() {
    both_ways(|network| {
        let script = format!("{ENVELOPE} S: 552 Too large\nreads nothing");
        match send_to(network, &script, &large()) {
            Err(Error::Rejected(Phase::Content, reply)) => assert_eq!(reply.code, 552),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn what_the_server_says_before_it_breaks_the_connection_is_the_error() {
    both_ways(|network| {
        let script = format!("{ENVELOPE} S: 451 Shutting down\nbreaks");
        match send_to(network, &script, &large()) {
            Err(Error::Rejected(Phase::Content, reply)) => assert_eq!(reply.code, 451),
            other => panic!("{other:?}"),
        }
        assert!(network.elapsed().is_zero());
    });
}

#[test]
fn a_new_connection_that_is_closed_is_an_error_of_its_phase() {
    let conversations = [
        ("closes", HELLO.into(), Phase::Greeting),
        (
            "S: 220 ready\nC: EHLO [192.0.2.9]\ncloses",
            HELLO.into(),
            Phase::Hello,
        ),
        (
            "S: 220 ready\nC: EHLO [192.0.2.9]\nS: 250 ready\nC: MAIL FROM:<a@example.net>\ncloses",
            HELLO.into(),
            Phase::Mail,
        ),
        (&format!("{ENVELOPE} closes"), large(), Phase::Content),
        (
            &format!("{ENVELOPE} C: ...\ncloses"),
            HELLO.into(),
            Phase::Acceptance,
        ),
    ];
    for (script, message, phase) in conversations {
        both_ways(|network| {
            let result = send_to(network, script, &message);
            assert_eq!(result, Err(Error::Disconnected(phase)), "{script}");
        });
    }
}

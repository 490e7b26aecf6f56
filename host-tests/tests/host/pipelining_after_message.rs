//! Servers that mishandle commands pipelined after the end of a message, and kept connections that no
//! longer work.

use std::time::{Duration, Instant};

use host_tests::{Error, OutgoingMessage, Phase, PipeliningAfterMessage, Receipt, Timeout};
use servers::scripted::{Script, Server};

use crate::support::*;

const ENVELOPE: [&str; 3] = ["MAIL FROM:<a@mail.test>", "RCPT TO:<b@mail.test>", "DATA"];
const GO_AHEAD: &str = "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go ahead";
const LIMIT: Duration = Duration::from_millis(200);

/// Longer than any wait for replies that may never come, shorter than the limit of a command.
const SOON: Duration = Duration::from_secs(60);

fn letters(count: usize) -> Vec<OutgoingMessage> {
    let letter = |i| OutgoingMessage {
        envelope: to_b(),
        message: format!("Subject: {i}\r\n\r\nHello\r\n").into_bytes(),
    };
    (0..count).map(letter).collect()
}

fn contents(letters: &[OutgoingMessage]) -> Vec<Vec<u8>> {
    letters
        .iter()
        .map(|letter| letter.message.clone())
        .collect()
}

fn delivered() -> Result<Receipt, Error> {
    Ok(receipt_of(&["b@mail.test"], &[]))
}

fn begun() -> Script {
    hello(&["PIPELINING"]).expect_group(&ENVELOPE).say(GO_AHEAD)
}

/// An envelope in its own group, and its message.
fn alone() -> Script {
    Script::new()
        .expect_group(&ENVELOPE)
        .say(GO_AHEAD)
        .expect_content()
        .say(QUEUED)
}

/// A message with the next envelope pipelined after it, which the server discards.
fn thrown_away() -> Script {
    begun()
        .expect_content()
        .expect_group(&ENVELOPE)
        .say(QUEUED)
        .silence()
}

#[test]
fn by_default_nothing_is_pipelined_after_the_final_dot() {
    let server = Server::start([hello(&["PIPELINING"])
        .followed_by(alone())
        .followed_by(alone())]);
    let instance = instance();
    let letters = letters(2);
    let outcomes = plain(&instance, &server).send_all(&letters);
    assert_eq!(outcomes, [delivered(), delivered()]);
    assert_eq!(server.finish().only().messages(), contents(&letters));
}

#[test]
fn nothing_is_pipelined_after_a_chunk_if_the_caller_forbids_it() {
    let letters = letters(2);
    let transaction = |letter: &OutgoingMessage| {
        Script::new()
            .expect_group(&ENVELOPE[..2])
            .say("250 2.1.0 Ok\r\n250 2.1.5 Ok")
            .expect_chunk(&format!("BDAT {} LAST", letter.message.len()))
            .say(QUEUED)
    };
    let script = hello(&["PIPELINING", "CHUNKING"])
        .followed_by(transaction(&letters[0]))
        .followed_by(transaction(&letters[1]));
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_pipelining_after_message(PipeliningAfterMessage::Never);
    assert_eq!(mailer.send_all(&letters), [delivered(), delivered()]);
    server.finish();
}

/// As Haraka does.
#[test]
fn after_a_503_to_a_pipelined_command_the_others_go_one_by_one_over_the_same_connection() {
    let order = "503 Bad sequence of commands - pipelined after end of DATA";
    let refusing = format!("{QUEUED}\r\n{order}\r\n{order}\r\n{order}");
    let script = begun()
        .expect_content()
        .expect_group(&ENVELOPE)
        .say(&refusing)
        .expect_group(&["RSET", ENVELOPE[0], ENVELOPE[1], ENVELOPE[2]])
        .say(&format!("250 2.0.0 Ok\r\n{GO_AHEAD}"))
        .expect_content()
        .say(QUEUED)
        .followed_by(alone())
        .followed_by(alone());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = pipelined(&instance, &server);
    let letters = letters(3);
    assert_eq!(mailer.send_all(&letters), vec![delivered(); 3]);
    expect_delivery(&mailer);
    assert_eq!(server.finish().only().messages().len(), 4);
}

#[test]
fn a_503_for_each_message_is_a_refusal() {
    let order = "503 5.5.1 Not now";
    let script = begun()
        .expect_content()
        .expect_group(&ENVELOPE)
        .say(&format!("{QUEUED}\r\n{order}\r\n{order}\r\n{order}"))
        .expect_group(&["RSET", ENVELOPE[0], ENVELOPE[1], ENVELOPE[2]])
        .say(&format!("250 2.0.0 Ok\r\n{order}\r\n{order}\r\n{order}"));
    let again = hello(&["PIPELINING"])
        .expect_group(&ENVELOPE)
        .say(&format!("{order}\r\n{order}\r\n{order}"));
    let server = Server::start([script, again]);
    let instance = instance();
    let outcomes = pipelined(&instance, &server).send_all(&letters(2));
    let refused = Err(rejected(Phase::Mail, order));
    assert_eq!(outcomes, [delivered(), refused]);
    server.finish();
}

/// As chasquid and Courier do.
#[test]
fn a_server_that_discards_pipelined_commands_gets_the_others_over_a_new_connection() {
    let others = hello(&["PIPELINING"])
        .followed_by(alone())
        .followed_by(alone())
        .followed_by(alone());
    let server = Server::start([thrown_away(), others]);
    let instance = instance();
    let mailer = pipelined(&instance, &server);
    mailer.set_timeout(Timeout::Command, LIMIT);
    let letters = letters(3);
    assert_eq!(mailer.send_all(&letters), vec![delivered(); 3]);
    // The mailer remembers it for the next call.
    expect_delivery(&mailer);
    let heard = server.finish();
    assert_eq!(heard.sessions[0].messages(), contents(&letters[..1]));
    assert_eq!(heard.sessions[1].messages()[..2], contents(&letters[1..]));
}

#[test]
fn the_wait_for_discarded_commands_is_shorter_than_the_command_timeout() {
    let others = hello(&["PIPELINING"]).followed_by(alone());
    let server = Server::start([thrown_away(), others]);
    let instance = instance();
    let start = Instant::now();
    let outcomes = pipelined(&instance, &server).send_all(&letters(2));
    assert_eq!(outcomes, [delivered(), delivered()]);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    server.finish();
}

#[test]
fn no_connection_is_opened_once_the_time_of_the_call_is_over() {
    let server = Server::start([thrown_away()]);
    let instance = instance();
    let mailer = pipelined(&instance, &server);
    mailer.set_timeout(Timeout::Total, LIMIT);
    let outcomes = mailer.send_all(&letters(3));
    assert_eq!(outcomes[0], delivered());
    for outcome in &outcomes[1..] {
        assert!(matches!(outcome, Err(Error::Timeout(_))), "{outcome:?}");
    }
    server.finish();
}

/// A message, and the server's answer to the first command of the next one.
fn kept(answer: &str) -> Script {
    delivery().expect("MAIL *").say(answer)
}

#[test]
fn an_answer_that_the_connection_is_unusable_leads_to_a_new_one() {
    for answer in [
        "421 4.4.2 Idle for too long",
        // From Amazon SES.
        "451 4.4.2 Timeout waiting for data from client.",
        "503 5.5.1 Nested MAIL command",
    ] {
        let server = Server::start([kept(answer), delivery()]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        expect_delivery(&mailer);
        expect_delivery(&mailer);
        server.finish();
    }
}

#[test]
fn an_answer_about_the_sender_over_a_kept_connection_is_the_outcome() {
    for answer in [
        "451 4.7.1 Greylisted",
        "550 5.7.1 Not you",
        "452 4.3.1 Full",
    ] {
        let server = Server::start([kept(answer)]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        expect_delivery(&mailer);
        let sent = mailer.send(&to_b(), MESSAGE);
        assert_eq!(sent, Err(rejected(Phase::Mail, answer)));
        server.finish();
    }
}

#[test]
fn an_unusable_new_connection_is_the_outcome() {
    for answer in [
        "421 4.3.2 Closed",
        "451 4.4.2 Timeout waiting for data from client.",
        "503 5.5.1 Send a card instead",
    ] {
        let server = Server::start([hello(&[]).expect("MAIL *").say(answer)]);
        let instance = instance();
        let sent = plain(&instance, &server).send(&to_b(), MESSAGE);
        assert_eq!(sent, Err(rejected(Phase::Mail, answer)));
        server.finish();
    }
}

#[test]
fn a_server_that_does_not_know_rset_gets_the_next_message_over_a_new_connection() {
    let no = "550 5.1.1 No such user";
    for unknown in [
        "502 5.5.1 Not implemented",
        "500 5.5.2 What?",
        "451 4.3.0 Later",
    ] {
        let first = || {
            hello(&[])
                .expect("MAIL *")
                .say("250 2.1.0 Ok")
                .expect("RCPT *")
                .say(no)
                .expect("RSET")
                .say(unknown)
        };
        let refused = || Err(Error::RecipientsRefused(refusals(&[("b@mail.test", no)])));
        let server = Server::start([first(), delivery(), first(), delivery()]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        assert_eq!(mailer.send(&to_b(), MESSAGE), refused());
        expect_delivery(&mailer);
        mailer.set_port(server.port());
        assert_eq!(mailer.send_all(&letters(2)), [refused(), delivered()]);
        server.finish();
    }
}

#[test]
fn refused_credentials_are_tried_once_and_are_the_outcome_of_all_messages() {
    let no = "535 5.7.8 Wrong";
    let script = hello(&["AUTH PLAIN"])
        .expect("AUTH PLAIN *")
        .say(no)
        .followed_by(quit());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password("ada", "sesame");
    let outcomes = mailer.send_all(&letters(3));
    assert_eq!(outcomes, vec![Err(auth_refused(&["PLAIN"], no)); 3]);
    server.finish();
}

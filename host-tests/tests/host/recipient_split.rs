//! More recipients than the server accepts in a transaction, with a limit that it did not announce (RFC
//! 5321, section 4.5.3.1.10).

use host_tests::{Error, OutgoingMessage, Phase, Protocol, Receipt, UnsentRecipient};
use servers::scripted::{Script, Server};

use crate::support::*;

const B: &str = "b@mail.test";
const C: &str = "c@mail.test";
const D: &str = "d@mail.test";
const E: &str = "e@mail.test";
const TOO_MANY: &str = "452 4.5.3 Too many recipients";
const OK: &str = "250 2.1.5 Ok";
const OTHER: &[u8] = b"Subject: two\r\n\r\nHello\r\n";

/// MAIL, one RCPT per recipient, DATA.
fn group(recipients: &[&str]) -> Script {
    let mut lines = vec!["MAIL FROM:<a@mail.test>".to_string()];
    lines.extend(recipients.iter().map(|name| format!("RCPT TO:<{name}>")));
    lines.push("DATA".into());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    Script::new().expect_group(&lines)
}

/// The replies to such a group; DATA is accepted.
fn go_ahead(recipients: &[&str]) -> String {
    format!(
        "250 2.1.0 Ok\r\n{}\r\n354 Go ahead",
        recipients.join("\r\n")
    )
}

fn begun(recipients: &[&str], answers: &[&str]) -> Script {
    let hello = hello(&["PIPELINING"]).followed_by(group(recipients));
    hello.say(&go_ahead(answers))
}

/// The end of a message with another envelope pipelined after it, and the replies to both.
fn and(recipients: &[&str], answers: &[&str]) -> Script {
    let content = Script::new()
        .expect_content()
        .followed_by(group(recipients));
    content.say(&format!("{QUEUED}\r\n{}", go_ahead(answers)))
}

fn end() -> Script {
    Script::new().expect_content().say(QUEUED)
}

fn letter(recipients: &[&str], message: &[u8]) -> OutgoingMessage {
    OutgoingMessage {
        envelope: to(recipients),
        message: message.to_vec(),
    }
}

// Conformance: 17
#[test]
fn a_thousand_recipients_are_one_transaction_and_one_more_is_another() {
    let names: Vec<String> = (0..1001).map(|i| format!("r{i}@mail.test")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    // The client first asks whether the server accepts more than it has to.
    let mut lines = vec!["MAIL FROM:<a@mail.test>".to_string()];
    lines.extend(names.iter().map(|name| format!("RCPT TO:<{name}>")));
    lines[1000 + 1] = "DATA".into();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let replies = |count: usize| vec![OK; count].join("\r\n");
    let script = hello(&["PIPELINING"])
        .expect_group(&lines[..1 + 101])
        .say(&format!("250 2.1.0 Ok\r\n{}", replies(101)))
        .expect_group(&lines[1 + 101..1000 + 2])
        .say(&format!("{}\r\n354 Go ahead", replies(1000 - 101)))
        .followed_by(and(&names[1000..], &[OK]))
        .followed_by(end());
    let server = Server::start([script]);
    let instance = instance();
    let receipt = pipelined(&instance, &server).send(&to(&names), MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&names, &[])));
    server.finish();
}

// Conformance: 17
#[test]
fn recipients_refused_as_too_many_are_pipelined_after_the_transaction() {
    for too_many in [TOO_MANY, "452 Too many recipients", "552 Too many"] {
        let script = begun(&[B, C, D], &[OK, too_many, too_many])
            .followed_by(and(&[C], &[OK]))
            .followed_by(and(&[D], &[OK]))
            .followed_by(end());
        let server = Server::start([script]);
        let instance = instance();
        let receipt = pipelined(&instance, &server).send(&to(&[B, C, D]), MESSAGE);
        assert_eq!(receipt, Ok(receipt_of(&[B, C, D], &[])));
        assert_eq!(server.finish().only().messages(), [MESSAGE; 3]);
    }
}

// Conformance: 17
#[test]
fn no_recipient_is_tried_a_third_time() {
    let script = begun(&[B, C, D, E], &[OK, OK, TOO_MANY, TOO_MANY])
        .followed_by(and(&[D, E], &[OK, TOO_MANY]))
        .followed_by(end());
    let server = Server::start([script]);
    let instance = instance();
    let receipt = pipelined(&instance, &server).send(&to(&[B, C, D, E]), MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&[B, C, D], &[(E, TOO_MANY)])));
    server.finish();
}

// Conformance: 17
#[test]
fn a_full_mailbox_is_tried_again_and_refused_with_its_own_reply() {
    let full = "452 That mailbox is full";
    let script = begun(&[B, C], &[OK, full])
        .expect_content()
        .followed_by(group(&[C]))
        .say(&format!("{QUEUED}\r\n250 2.1.0 Ok\r\n{full}\r\n503 No one"))
        .expect_group(&["RSET", "MAIL *", "RCPT *", "DATA"])
        .say(&format!("250 2.0.0 Ok\r\n{}", go_ahead(&[OK])))
        .followed_by(end());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = pipelined(&instance, &server);
    let receipt = mailer.send(&to(&[B, C]), MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&[B], &[(C, full)])));
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn a_refused_transaction_fails_for_its_own_recipients_only() {
    let later = "451 4.3.0 Try later";
    let script = begun(&[B, C], &[OK, TOO_MANY])
        .expect_content()
        .followed_by(group(&[C]))
        .say(&format!("{later}\r\n{}", go_ahead(&[OK])))
        .followed_by(end());
    let server = Server::start([script]);
    let instance = instance();
    let receipt = pipelined(&instance, &server).send(&to(&[B, C]), MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&[C], &[(B, later)])));
    server.finish();
}

// Conformance: 17
#[test]
fn the_next_message_comes_after_the_recipients_refused_as_too_many() {
    let script = begun(&[B, C], &[OK, TOO_MANY])
        .followed_by(and(&[C], &[OK]))
        .followed_by(and(&[D], &[OK]))
        .followed_by(end());
    let server = Server::start([script]);
    let instance = instance();
    let letters = [letter(&[B, C], MESSAGE), letter(&[D], OTHER)];
    let outcomes = pipelined(&instance, &server).send_all(&letters);
    let expected = [&[B, C][..], &[D]].map(|names| Ok(receipt_of(names, &[])));
    assert_eq!(outcomes, expected);
    let messages = [MESSAGE, MESSAGE, OTHER];
    assert_eq!(server.finish().only().messages(), messages);
}

// Conformance: 17
#[test]
fn a_pipelined_envelope_with_too_many_recipients_is_split_too() {
    let script = begun(&[B], &[OK])
        .followed_by(and(&[C, D, E], &[OK, TOO_MANY, TOO_MANY]))
        .followed_by(and(&[D], &[OK]))
        .followed_by(and(&[E], &[OK]))
        .followed_by(end());
    let server = Server::start([script]);
    let instance = instance();
    let letters = [letter(&[B], MESSAGE), letter(&[C, D, E], OTHER)];
    let outcomes = pipelined(&instance, &server).send_all(&letters);
    let expected = [&[B][..], &[C, D, E]].map(|names| Ok(receipt_of(names, &[])));
    assert_eq!(outcomes, expected);
    let messages = [MESSAGE, OTHER, OTHER, OTHER];
    assert_eq!(server.finish().only().messages(), messages);
}

// Conformance: 17
#[test]
fn an_early_message_is_not_mixed_up_with_the_next() {
    let early = |recipients: &[&str], message: &[u8], answers: &[&str]| {
        let mut lines = vec!["MAIL FROM:<a@mail.test>".to_string()];
        lines.extend(recipients.iter().map(|name| format!("RCPT TO:<{name}>")));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        Script::new()
            .expect_group(&lines)
            .expect_chunk(&format!("BDAT {} LAST", message.len()))
            .say(&format!(
                "250 2.1.0 Ok\r\n{}\r\n{QUEUED}",
                answers.join("\r\n")
            ))
    };
    let script = hello(&["PIPELINING", "CHUNKING"])
        .followed_by(early(&[B, C], MESSAGE, &[OK, TOO_MANY]))
        .followed_by(early(&[C], MESSAGE, &[OK]))
        .followed_by(early(&[D], OTHER, &[OK]));
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_content_pipelining(true);
    let outcomes = mailer.send_all(&[letter(&[B, C], MESSAGE), letter(&[D], OTHER)]);
    let expected = [&[B, C][..], &[D]].map(|names| Ok(receipt_of(names, &[])));
    assert_eq!(outcomes, expected);
    assert_eq!(server.finish().only().contents, [MESSAGE, MESSAGE, OTHER]);
}

// Conformance: 17
#[test]
fn a_learned_recipient_limit_is_remembered_across_connections() {
    let first = begun(&[B, C], &[OK, TOO_MANY])
        .followed_by(and(&[C], &[OK]))
        .followed_by(end())
        .followed_by(quit());
    let second = begun(&[D], &[OK])
        .followed_by(and(&[E], &[OK]))
        .followed_by(end());
    let server = Server::start([first, second]);
    let instance = instance();
    let mailer = pipelined(&instance, &server);
    mailer.send(&to(&[B, C]), MESSAGE).unwrap();
    mailer.close();
    let receipt = mailer.send(&to(&[D, E]), MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&[D, E], &[])));
    server.finish();
}

#[test]
fn without_partial_delivery_one_recipient_too_many_stops_the_message() {
    let script = hello(&["PIPELINING"])
        .expect_group(&["MAIL *", "RCPT *", "RCPT *"])
        .say(&format!("250 2.1.0 Ok\r\n{OK}\r\n{TOO_MANY}"));
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_partial_delivery(false);
    let refused = Error::RecipientsRefused(refusals(&[(C, TOO_MANY)]));
    assert_eq!(mailer.send(&to(&[B, C]), MESSAGE), Err(refused));
    server.finish();
}

#[test]
fn a_written_message_is_not_split_and_names_recipients_refused_as_too_many() {
    let script = begun(&[B, C], &[OK, TOO_MANY]).followed_by(end());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let message = mailer.start_message(&to(&[B, C])).unwrap();
    assert_eq!(message.refused(), refusals(&[(C, TOO_MANY)]));
    message.write(MESSAGE).unwrap();
    let expected = receipt_of(&[B], &[(C, TOO_MANY)]);
    assert_eq!(message.finish(), Ok(expected));
    server.finish();
}

/// LMTP has a reply for each recipient after the content, so the next envelope waits for all of them.
#[test]
fn lmtp_splits_recipients_before_the_content_and_not_after_it() {
    let full = "452 That mailbox is full";
    let script = Script::new()
        .say("220 mail.test LMTP")
        .expect("LHLO [127.0.0.1]")
        .say(&ehlo(&["PIPELINING"]))
        .followed_by(group(&[B, C, D]))
        .say(&go_ahead(&[OK, OK, TOO_MANY]))
        .expect_content()
        .say(&format!("{QUEUED}\r\n{full}"))
        .followed_by(group(&[D]))
        .say(&go_ahead(&[OK]))
        .followed_by(end());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_protocol(Protocol::Lmtp);
    let receipt = mailer.send(&to(&[B, C, D]), MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&[B, D], &[(C, full)])));
    server.finish();
}

/// The server says "too many" twice, and then closes because of these "errors" (chasquid 1.11).
#[test]
fn a_server_that_closes_after_too_many_gets_smaller_transactions_over_another_connection() {
    let bye = "421 4.5.0 Too many errors, bye";
    for too_many in [TOO_MANY, "451 4.5.3 Too many", "452 Too many recipients"] {
        let first = hello(&["PIPELINING"])
            .followed_by(group(&[B, C, D, E]))
            .say(&format!(
                "250 2.1.0 Ok\r\n{OK}\r\n{OK}\r\n{too_many}\r\n{bye}"
            ))
            .hang_up();
        let second = begun(&[B, C], &[OK, OK])
            .followed_by(end())
            .followed_by(group(&[D, E]))
            .say(&go_ahead(&[OK, OK]))
            .followed_by(end());
        let server = Server::start([first, second]);
        let instance = instance();
        let receipt = plain(&instance, &server).send(&to(&[B, C, D, E]), MESSAGE);
        assert_eq!(receipt, Ok(receipt_of(&[B, C, D, E], &[])));
        assert_eq!(server.finish().sessions[1].messages(), [MESSAGE; 2]);
    }
}

#[test]
fn a_server_that_closes_after_too_many_again_is_not_tried_again() {
    let closing = |recipients: &[&str], taken: usize| {
        let taken = vec![OK; taken].join("\r\n");
        hello(&["PIPELINING"])
            .followed_by(group(recipients))
            .say(&format!("250 2.1.0 Ok\r\n{taken}\r\n{TOO_MANY}"))
            .hang_up()
    };
    let alone = hello(&["PIPELINING"]).followed_by(group(&[B])).hang_up();
    let server = Server::start([closing(&[B, C, D, E], 2), closing(&[B, C], 1), alone]);
    let instance = instance();
    let sent = plain(&instance, &server).send(&to(&[B, C, D, E]), MESSAGE);
    assert_eq!(sent, Err(Error::Disconnected(Phase::Mail)));
    server.finish();
}

/// The server closes after the third error (chasquid 1.11).
#[test]
fn after_a_close_because_of_bad_addresses_the_others_are_tried_over_another_connection() {
    let (no, bye) = ("550 5.1.1 No such user", "421 4.5.0 Too many errors, bye");
    let first = hello(&["PIPELINING"])
        .followed_by(group(&[B, C, D, E]))
        .say(&format!("250 2.1.0 Ok\r\n{no}\r\n{no}\r\n{bye}"))
        .hang_up();
    let second = begun(&[D, E], &[OK, OK]).followed_by(end());
    let server = Server::start([first, second]);
    let instance = instance();
    let receipt = plain(&instance, &server).send(&to(&[B, C, D, E]), MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&[D, E], &[(B, no), (C, no)])));
    server.finish();
}

// Conformance: 17
#[test]
fn a_server_with_one_recipient_per_transaction_gets_each_in_its_own() {
    let one = "451 Will not accept multiple recipients in one transaction";
    let alone = |recipient| {
        let begun = Script::new().followed_by(group(&[recipient]));
        begun.say(&go_ahead(&[OK])).followed_by(end())
    };
    let script = begun(&[B, C, D], &[OK, one, one])
        .followed_by(end())
        .followed_by(alone(C))
        .followed_by(alone(D));
    let server = Server::start([script]);
    let instance = instance();
    let receipt = plain(&instance, &server).send(&to(&[B, C, D]), MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&[B, C, D], &[])));
    server.finish();
}

#[test]
fn a_deferred_recipient_stays_deferred_if_the_message_is_refused() {
    let (later, spam) = ("451 Try later", "554 5.7.1 Spam");
    let script = begun(&[B, C], &[OK, later]).expect_content().say(spam);
    let server = Server::start([script]);
    let instance = instance();
    let sent = plain(&instance, &server).send(&to(&[B, C]), MESSAGE);
    assert_eq!(sent, Err(rejected(Phase::Acceptance, spam)));
    server.finish();
}

#[test]
fn recipients_of_a_second_transaction_are_reached_over_another_connection() {
    let transaction = |recipients: &[&str]| {
        let answers = vec![OK; recipients.len()];
        let begun = limit_of_two().followed_by(group(recipients));
        begun.say(&go_ahead(&answers)).followed_by(end())
    };
    let server = Server::start([transaction(&[B, C]).hang_up(), transaction(&[D])]);
    let instance = instance();
    let receipt = plain(&instance, &server).send(&to(&[B, C, D]), MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&[B, C, D], &[])));
    server.finish();
}

#[test]
fn recipients_without_a_transaction_are_unsent_with_the_reason() {
    let closed = "554 5.3.2 Closed for today";
    let first = limit_of_two()
        .followed_by(group(&[B, C]))
        .say(&go_ahead(&[OK, OK]))
        .followed_by(end())
        .hang_up();
    let server = Server::start([first, Script::new().say(closed).hang_up()]);
    let instance = instance();
    let receipt = plain(&instance, &server).send(&to(&[B, C, D]), MESSAGE);
    let expected = Receipt {
        unsent: vec![UnsentRecipient {
            recipient: D.into(),
            error: rejected(Phase::Greeting, closed),
        }],
        ..receipt_of(&[B, C], &[])
    };
    assert_eq!(receipt, Ok(expected));
    server.finish();
}

#[test]
fn a_server_with_one_message_per_connection_gets_a_connection_per_transaction() {
    let one = |recipient| {
        hello(&["PIPELINING", "LIMITS MAILMAX=1 RCPTMAX=1"])
            .followed_by(group(&[recipient]))
            .say(&go_ahead(&[OK]))
            .followed_by(end())
            .followed_by(quit())
    };
    let server = Server::start([one(B), one(C)]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let receipt = mailer.send(&to(&[B, C]), MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&[B, C], &[])));
    mailer.close();
    server.finish();
}

fn limit_of_two() -> Script {
    hello(&["PIPELINING", "LIMITS RCPTMAX=2"])
}

#[test]
fn in_a_lost_transaction_refused_recipients_are_refused_and_the_others_unknown() {
    let no = "550 5.1.1 No such user";
    let transaction = |recipients: &[&str], answers: &[&str]| {
        let session = Script::new().followed_by(group(recipients));
        session.say(&go_ahead(answers)).expect_content()
    };
    let script = limit_of_two()
        .followed_by(transaction(&[B, C], &[OK, OK]))
        .say(QUEUED)
        .followed_by(transaction(&[D, E], &[OK, no]))
        .hang_up();
    let server = Server::start([script]);
    let instance = instance();
    let receipt = plain(&instance, &server).send(&to(&[B, C, D, E]), MESSAGE);
    let expected = Receipt {
        unknown: vec![D.into()],
        ..receipt_of(&[B, C], &[(E, no)])
    };
    assert_eq!(receipt, Ok(expected));
    server.finish();
}

#[test]
fn a_temporary_failure_is_not_hidden_by_a_refused_recipient() {
    let (no, closed) = ("550 5.1.1 No such user", "421 4.3.2 Closed for today");
    let one = || hello(&["PIPELINING", "LIMITS RCPTMAX=1"]);
    let first = one()
        .followed_by(group(&[B]))
        .say(&format!("250 2.1.0 Ok\r\n{no}\r\n503 5.5.1 No one"))
        .expect_group(&["RSET", "MAIL *", "RCPT *", "DATA"])
        .hang_up();
    let server = Server::start([first, Script::new().say(closed).hang_up()]);
    let instance = instance();
    let sent = plain(&instance, &server).send(&to(&[B, C]), MESSAGE);
    assert_eq!(sent, Err(rejected(Phase::Greeting, closed)));
    server.finish();
}

#[test]
fn without_partial_delivery_a_learned_limit_is_tried_again() {
    let first = begun(&[B, C], &[OK, TOO_MANY]).followed_by(end());
    let alone = Script::new().followed_by(group(&[C]));
    let script = first
        .followed_by(alone.say(&go_ahead(&[OK])).followed_by(end()))
        .expect_group(&["MAIL *", "RCPT *", "RCPT *"])
        .say(&format!("250 2.1.0 Ok\r\n{OK}\r\n{OK}"))
        .expect("DATA")
        .say("354 Go ahead")
        .followed_by(end());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.send(&to(&[B, C]), MESSAGE).unwrap();
    mailer.set_partial_delivery(false);
    let receipt = mailer.send(&to(&[D, E]), MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&[D, E], &[])));
    server.finish();
}

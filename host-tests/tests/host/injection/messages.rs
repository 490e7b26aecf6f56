//! Messages: addresses, and content.

use std::io::Cursor;
use std::time::Duration;

use host_tests::{Envelope, Error, OutgoingMessage, Receipt};

use super::stage::Stage;
use super::{Row, Try};
use crate::support::{MESSAGE, to_b};

pub(super) const SENDER: &str = "a@mail.test";
pub(super) const RECIPIENT: &str = "b@mail.test";

/// A function of `smtp-streams`, and for WASI 0.3 of the writer.
#[cfg(not(feature = "p3"))]
const WRITE_FROM: &str = "write-from(source)";
#[cfg(feature = "p3")]
const WRITE_FROM: &str = "message-writer.write-from(source)";

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = whole();
    rows.extend(many());
    rows.extend(in_pieces());
    rows.extend(in_one_call());
    rows
}

pub(super) fn from(sender: &str) -> Envelope {
    Envelope {
        sender: Some(sender.into()),
        ..to_b()
    }
}

pub(super) fn to(recipient: &str) -> Envelope {
    Envelope {
        recipients: vec![recipient.into()],
        ..to_b()
    }
}

/// Each CRLF, CR or LF is a line's end, and the last line, if there is one, has one.
fn lines(message: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(message.len());
    let mut octets = message.iter().copied().peekable();
    while let Some(octet) = octets.next() {
        if octet == b'\r' {
            octets.next_if_eq(&b'\n');
        }
        match octet {
            b'\r' | b'\n' => lines.extend(b"\r\n"),
            other => lines.push(other),
        }
    }
    if !lines.is_empty() && !lines.ends_with(b"\r\n") {
        lines.extend(b"\r\n");
    }
    lines
}

fn whole() -> Vec<Row> {
    vec![
        (
            "mailer.send(envelope.sender)",
            Try::Text(SENDER, |stage, sender| {
                stage.sends(stage.mailer(), &from(sender), MESSAGE, MESSAGE);
            }),
        ),
        (
            "mailer.send(envelope.recipients)",
            Try::Text(RECIPIENT, |stage, recipient| {
                stage.sends(stage.mailer(), &to(recipient), MESSAGE, MESSAGE);
            }),
        ),
        (
            "mailer.send(message)",
            Try::Octets(MESSAGE, |stage, message| {
                stage.sends(stage.mailer(), &to_b(), message, &lines(message));
            }),
        ),
    ]
}

fn many() -> Vec<Row> {
    vec![
        (
            "mailer.send-all(messages.envelope.sender)",
            Try::Text(SENDER, |stage, sender| {
                send_all(stage, from(sender), MESSAGE)
            }),
        ),
        (
            "mailer.send-all(messages.envelope.recipients)",
            Try::Text(RECIPIENT, |stage, recipient| {
                send_all(stage, to(recipient), MESSAGE)
            }),
        ),
        (
            "mailer.send-all(messages.message)",
            Try::Octets(MESSAGE, |stage, message| send_all(stage, to_b(), message)),
        ),
    ]
}

fn send_all(stage: &Stage, envelope: Envelope, message: &[u8]) {
    let mailer = stage.mailer();
    let mut sent = mailer.send_all(&[OutgoingMessage {
        envelope,
        message: message.to_vec(),
    }]);
    drop(mailer);
    assert_eq!(sent.len(), 1);
    stage.judge(sent.remove(0), &lines(message));
}

fn in_pieces() -> Vec<Row> {
    vec![
        (
            "mailer.start-message(envelope.sender)",
            Try::Text(SENDER, |stage, sender| {
                stage.judge(start(stage, &from(sender), MESSAGE), MESSAGE);
            }),
        ),
        (
            "mailer.start-message(envelope.recipients)",
            Try::Text(RECIPIENT, |stage, recipient| {
                stage.judge(start(stage, &to(recipient), MESSAGE), MESSAGE);
            }),
        ),
        (
            WRITE_FROM,
            Try::Octets(MESSAGE, |stage, message| {
                let content = Cursor::new(message.to_vec());
                let mailer = stage.mailer();
                let sent = mailer.start_message(&to_b()).and_then(|writer| {
                    writer.write_from(content)?;
                    writer.finish()
                });
                drop(mailer);
                judge_written(stage, sent, message);
            }),
        ),
        (
            "message-writer.write(bytes)",
            Try::Octets(MESSAGE, |stage, message| {
                judge_written(stage, start(stage, &to_b(), message), message);
            }),
        ),
    ]
}

fn start(stage: &Stage, envelope: &Envelope, message: &[u8]) -> Result<Receipt, Error> {
    stage.mailer().start_message(envelope).and_then(|writer| {
        writer.write(message)?;
        writer.finish()
    })
}

/// The envelope has left before a piece is refused; the message does not arrive.
pub(super) fn judge_written(stage: &Stage, sent: Result<Receipt, Error>, message: &[u8]) {
    if sent.is_ok() {
        return stage.judge(sent, &lines(message));
    }
    let messages = stage.heard_if_any().map(|heard| heard.messages);
    assert!(
        messages.is_none_or(|messages| messages.is_empty()),
        "half a message arrives"
    );
}

fn in_one_call() -> Vec<Row> {
    vec![
        (
            "send-mail(server)",
            Try::Text("smtp://127.0.0.1:PORT", |stage, server| {
                send_mail(stage, server, SENDER, RECIPIENT, MESSAGE);
            }),
        ),
        (
            "send-mail(sender)",
            Try::Text(SENDER, |stage, sender| {
                send_mail(stage, "smtp://127.0.0.1:PORT", sender, RECIPIENT, MESSAGE);
            }),
        ),
        (
            "send-mail(recipients)",
            Try::Text(RECIPIENT, |stage, recipient| {
                send_mail(stage, "smtp://127.0.0.1:PORT", SENDER, recipient, MESSAGE);
            }),
        ),
        (
            "send-mail(message)",
            Try::Octets(MESSAGE, |stage, message| {
                send_mail(stage, "smtp://127.0.0.1:PORT", SENDER, RECIPIENT, message);
            }),
        ),
        (
            "send-mail(timeout)",
            Try::Number(|stage, number| {
                let Ok(nanoseconds) = number.try_into() else {
                    return;
                };
                let limit = Some(Duration::from_nanos(nanoseconds));
                let url = format!("smtp://127.0.0.1:{}", stage.port());
                let sent =
                    stage
                        .instance
                        .send_mail_within(limit, &url, SENDER, &[RECIPIENT], MESSAGE);
                stage.judge_as(&ONE_CALL, sent, MESSAGE);
            }),
        ),
    ]
}

const ONE_CALL: [&str; 5] = ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"];

fn send_mail(stage: &Stage, server: &str, sender: &str, recipient: &str, message: &[u8]) {
    let server = server.replace("PORT", &stage.port().to_string());
    let sent = stage
        .instance
        .send_mail(&server, sender, &[recipient], message);
    stage.judge_as(&ONE_CALL, sent, &lines(message));
}

//! What `smtp-async` has alone: a pool's settings, and messages from streams.

use std::io::Cursor;

use host_tests::{Envelope, Error, Receipt};

use super::messages::{RECIPIENT, SENDER, from, judge_written, to};
use super::settings::sets;
use super::stage::Stage;
use super::{Row, Try};
use crate::support::{MESSAGE, to_b};

/// The arguments of a function that takes a message from a stream.
macro_rules! of_stream {
    ($function:literal, $send:ident) => {
        [
            (
                concat!("mailer.", $function, "(envelope.sender)"),
                Try::Text(SENDER, |stage, sender| {
                    stage.judge($send(stage, &from(sender), MESSAGE, None), MESSAGE);
                }),
            ),
            (
                concat!("mailer.", $function, "(envelope.recipients)"),
                Try::Text(RECIPIENT, |stage, recipient| {
                    stage.judge($send(stage, &to(recipient), MESSAGE, None), MESSAGE);
                }),
            ),
            (
                concat!("mailer.", $function, "(content)"),
                Try::Octets(MESSAGE, |stage, content| {
                    judge_written(stage, $send(stage, &to_b(), content, None), content);
                }),
            ),
            (
                concat!("mailer.", $function, "(length)"),
                Try::Number(|stage, number| {
                    let Ok(length) = number.try_into() else {
                        return;
                    };
                    let sent = $send(stage, &to_b(), MESSAGE, Some(length));
                    judge_written(stage, sent, MESSAGE);
                }),
            ),
        ]
    };
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = limits();
    rows.extend(of_stream!("send-stream", send));
    rows.extend(of_stream!("start-stream", start));
    rows
}

fn limits() -> Vec<Row> {
    vec![
        (
            "mailer.set-connections(limit)",
            Try::Number(|stage, number| {
                sets(stage, number, |mailer, limit| mailer.set_connections(limit))
            }),
        ),
        (
            "mailer.set-rate-limits(total)",
            Try::Number(|stage, number| {
                sets(stage, number, |mailer, total| {
                    mailer.set_rate_limits(Some(total), None);
                });
            }),
        ),
        (
            "mailer.set-rate-limits(connection)",
            Try::Number(|stage, number| {
                sets(stage, number, |mailer, connection| {
                    mailer.set_rate_limits(None, Some(connection));
                });
            }),
        ),
        (
            "mailer.set-waiting-limit(calls)",
            Try::Number(|stage, number| {
                sets(stage, number, |mailer, calls| {
                    mailer.set_waiting_limit(calls)
                })
            }),
        ),
    ]
}

type Sent = Result<Receipt, Error>;

fn send(stage: &Stage, envelope: &Envelope, content: &[u8], length: Option<u64>) -> Sent {
    let content = Cursor::new(content.to_vec());
    stage.mailer().send_stream(envelope, content, length)
}

fn start(stage: &Stage, envelope: &Envelope, content: &[u8], length: Option<u64>) -> Sent {
    let content = Cursor::new(content.to_vec());
    let mailer = stage.mailer();
    let started = mailer.start_stream(envelope, content, length)?;
    started.receipt()
}

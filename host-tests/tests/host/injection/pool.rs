//! What `smtp-async` has alone: a pool's settings, and messages from streams.

use std::io::Cursor;

use host_tests::{Envelope, Error, Mailer};

use super::messages::{RECIPIENT, SENDER, from, judge_written, to};
use super::stage::Stage;
use super::{Row, Try};
use crate::support::{MESSAGE, to_b};

const SET: Result<(), Error> = Ok(());

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = limits();
    rows.extend(sent_streams());
    rows.extend(started_streams());
    rows
}

fn limits() -> Vec<Row> {
    vec![
        (
            "mailer.set-connections(limit)",
            Try::Number(|stage, number| {
                set(stage, number, |mailer, limit| mailer.set_connections(limit));
            }),
        ),
        (
            "mailer.set-rate-limits(total)",
            Try::Number(|stage, number| {
                set(stage, number, |mailer, total| {
                    mailer.set_rate_limits(Some(total), None);
                });
            }),
        ),
        (
            "mailer.set-rate-limits(connection)",
            Try::Number(|stage, number| {
                set(stage, number, |mailer, connection| {
                    mailer.set_rate_limits(None, Some(connection));
                });
            }),
        ),
        (
            "mailer.set-waiting-limit(calls)",
            Try::Number(|stage, number| {
                set(stage, number, |mailer, calls| {
                    mailer.set_waiting_limit(calls)
                });
            }),
        ),
    ]
}

fn set(stage: &Stage, number: i128, set: impl FnOnce(&Mailer, u32)) {
    let Ok(number) = number.try_into() else {
        return;
    };
    let mailer = stage.mailer();
    set(&mailer, number);
    stage.sends_after(mailer, SET);
}

fn sent_streams() -> Vec<Row> {
    vec![
        (
            "mailer.send-stream(envelope.sender)",
            Try::Text(SENDER, |stage, sender| {
                send(stage, &from(sender), MESSAGE, None);
            }),
        ),
        (
            "mailer.send-stream(envelope.recipients)",
            Try::Text(RECIPIENT, |stage, recipient| {
                send(stage, &to(recipient), MESSAGE, None);
            }),
        ),
        (
            "mailer.send-stream(content)",
            Try::Octets(MESSAGE, |stage, content| {
                send(stage, &to_b(), content, None);
            }),
        ),
        (
            "mailer.send-stream(length)",
            Try::Number(|stage, number| {
                let Ok(length) = number.try_into() else {
                    return;
                };
                send(stage, &to_b(), MESSAGE, Some(length));
            }),
        ),
    ]
}

fn send(stage: &Stage, envelope: &Envelope, content: &[u8], length: Option<u64>) {
    let mailer = stage.mailer();
    let sent = mailer.send_stream(envelope, Cursor::new(content.to_vec()), length);
    drop(mailer);
    judge_written(stage, sent, content);
}

fn started_streams() -> Vec<Row> {
    vec![
        (
            "mailer.start-stream(envelope.sender)",
            Try::Text(SENDER, |stage, sender| {
                start(stage, &from(sender), MESSAGE, None);
            }),
        ),
        (
            "mailer.start-stream(envelope.recipients)",
            Try::Text(RECIPIENT, |stage, recipient| {
                start(stage, &to(recipient), MESSAGE, None);
            }),
        ),
        (
            "mailer.start-stream(content)",
            Try::Octets(MESSAGE, |stage, content| {
                start(stage, &to_b(), content, None);
            }),
        ),
        (
            "mailer.start-stream(length)",
            Try::Number(|stage, number| {
                let Ok(length) = number.try_into() else {
                    return;
                };
                start(stage, &to_b(), MESSAGE, Some(length));
            }),
        ),
    ]
}

fn start(stage: &Stage, envelope: &Envelope, content: &[u8], length: Option<u64>) {
    let mailer = stage.mailer();
    let started = mailer.start_stream(envelope, Cursor::new(content.to_vec()), length);
    let sent = started.and_then(|started| started.receipt());
    drop(mailer);
    judge_written(stage, sent, content);
}

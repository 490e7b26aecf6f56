//! Errors that a caller makes: the sentence stays one line, and short.

use host_tests::{
    Error, Phase, RecipientReply, Rejection, Reply, TlsFailure, UnavailableExtension,
};

use super::stage::{Stage, expect_one_line};
use super::{Row, Try};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = texts();
    rows.extend(replies());
    rows.extend(numbers());
    rows
}

fn explains(stage: &Stage, error: &Error) {
    let sentence = stage.instance.explain(error).sentence;
    expect_one_line(&sentence);
    assert!(sentence.chars().count() <= 1000);
}

fn reply(text: &str) -> Reply {
    Reply {
        code: 550,
        enhanced_code: Some((5, 1, 1)),
        text: text.into(),
    }
}

fn rejected(reply: Reply, mechanism: &str) -> Error {
    Error::Rejected(Rejection {
        phase: Phase::Auth,
        reply,
        tried_mechanisms: vec![mechanism.into()],
    })
}

fn refused(recipient: &str, reply: Reply) -> Error {
    Error::RecipientsRefused(vec![RecipientReply {
        recipient: recipient.into(),
        reply,
    }])
}

fn unavailable(keyword: &str, reason: &str) -> Error {
    Error::ExtensionUnavailable(UnavailableExtension {
        keyword: keyword.into(),
        reason: reason.into(),
    })
}

macro_rules! text_rows {
    ($($path:literal $error:expr;)*) => {
        vec![$((
            concat!("explain(error.", $path, ")"),
            Try::Text("the reason", |stage, text: &str| explains(stage, &$error(text))),
        )),*]
    };
}

fn texts() -> Vec<Row> {
    text_rows! {
        "invalid-argument" |text: &str| Error::InvalidArgument(text.into());
        "lookup-failed" |text: &str| Error::LookupFailed(text.into());
        "connect-failed" |text: &str| Error::ConnectFailed(text.into());
        "tls-failed.1" |text: &str| Error::TlsFailed((TlsFailure::Incompatible, text.into()));
        "auth-unavailable" |text: &str| Error::AuthUnavailable(vec![text.into()]);
        "extension-unavailable.keyword" |text: &str| unavailable(text, "the reason");
        "extension-unavailable.reason" |text: &str| unavailable("DSN", text);
        "protocol-error.1" |text: &str| Error::ProtocolError((Phase::Mail, text.into()));
        "wrong-state" |text: &str| Error::WrongState(text.into());
        "other" |text: &str| Error::Other(text.into());
    }
}

fn replies() -> Vec<Row> {
    text_rows! {
        "rejected.reply.text" |text: &str| rejected(reply(text), "PLAIN");
        "rejected.tried-mechanisms" |text: &str| rejected(reply("no"), text);
        "recipients-refused.recipient" |text: &str| refused(text, reply("no"));
        "recipients-refused.reply.text" |text: &str| refused("b@mail.test", reply(text));
    }
}

/// A reply with this number at one place.
fn with_number(place: usize, number: i128) -> Option<Reply> {
    let mut reply = reply("no");
    match place {
        0 => reply.code = number.try_into().ok()?,
        1 => reply.enhanced_code = Some((number.try_into().ok()?, 1, 1)),
        2 => reply.enhanced_code = Some((5, number.try_into().ok()?, 1)),
        _ => reply.enhanced_code = Some((5, 1, number.try_into().ok()?)),
    }
    Some(reply)
}

macro_rules! number_rows {
    ($($path:literal $place:literal)*) => {
        vec![$((
            concat!("explain(error.rejected.reply.", $path, ")"),
            Try::Number(|stage, number| {
                let Some(reply) = with_number($place, number) else { return };
                explains(stage, &rejected(reply, "PLAIN"));
            }),
        ),
        (
            concat!("explain(error.recipients-refused.reply.", $path, ")"),
            Try::Number(|stage, number| {
                let Some(reply) = with_number($place, number) else { return };
                explains(stage, &refused("b@mail.test", reply));
            }),
        )),*]
    };
}

fn numbers() -> Vec<Row> {
    let mut rows: Vec<Row> = number_rows! {
        "code" 0
        "enhanced-code.0" 1
        "enhanced-code.1" 2
        "enhanced-code.2" 3
    };
    rows.push((
        "explain(error.message-too-large)",
        Try::Number(|stage, number| {
            let Ok(limit) = number.try_into() else { return };
            explains(stage, &Error::MessageTooLarge(limit));
        }),
    ));
    rows
}

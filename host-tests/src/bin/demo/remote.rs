//! The demo with a server of the user's.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use host_tests::{
    Envelope, Error, Grants, Host, Instance, LineSource, Mailer, Receipt, Screen, TranscriptSource,
};

use crate::arguments::SendRequest;
use crate::{Failure, advice, message};

/// The most lines of a conversation that are shown.
const TRANSCRIPT_LINES: u32 = 2000;

pub(crate) fn run(request: &SendRequest) -> Result<(), Failure> {
    let screen = Screen::new();
    screen.title("A WebAssembly component sends a message, inside wasmtime");
    let connecting = move |address| screen.item("connecting", &format!("to {address}"));
    let grants = Grants {
        connecting: Some(Arc::new(connecting)),
        ..Grants::all()
    };
    let instance = Host::shared().instance(grants);
    let message = message(request, &instance).map_err(Failure::Arguments)?;
    let mailer = instance
        .mailer_from_url(&request.server)
        .map_err(|error| failure(&instance, &error))?;
    if let Some(certificates) = trusted(request)? {
        mailer
            .add_trust_anchors(&certificates)
            .map_err(|error| failure(&instance, &error))?;
    }

    mailer.set_transcript_lines(TRANSCRIPT_LINES);
    let envelope = Envelope {
        sender: Some(request.from.clone()),
        recipients: request.to.clone(),
    };
    let result = mailer.send(&envelope, &message);
    mailer.close();
    show_transcript(screen, &mailer);
    let receipt = result.map_err(|error| failure(&instance, &error))?;
    show_receipt(screen, &instance, &receipt)
}

fn trusted(request: &SendRequest) -> Result<Option<Vec<u8>>, Failure> {
    let file = request.trust.as_deref().map(read);
    file.transpose().map_err(Failure::Arguments)
}

fn message(request: &SendRequest, instance: &Instance) -> Result<Vec<u8>, String> {
    match &request.message {
        Some(path) => read(path),
        None => Ok(message::short(instance, &request.from, &request.to)?.message),
    }
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {path}: {error}"))
}

fn show_transcript(screen: Screen, mailer: &Mailer) {
    let lines = mailer.take_transcript();
    if !lines.is_empty() {
        screen.title("The conversation");
    }
    for line in lines {
        let who = match line.source {
            TranscriptSource::Client => LineSource::Component,
            TranscriptSource::Server => LineSource::Server,
            TranscriptSource::Event => LineSource::Event,
        };
        screen.line(who, &line.text, false, Duration::from_nanos(line.elapsed));
    }
}

fn show_receipt(screen: Screen, instance: &Instance, receipt: &Receipt) -> Result<(), Failure> {
    screen.title("The receipt");
    for (what, replies) in [
        ("accepted", &receipt.accepted),
        ("refused", &receipt.refused),
    ] {
        for reply in replies {
            screen.item(
                what,
                &format!("{}: {}", reply.recipient, advice::words(&reply.reply)),
            );
        }
    }
    for recipient in &receipt.unknown {
        screen.item("unknown", recipient);
    }
    for unsent in &receipt.unsent {
        let why = advice::sentence(instance, &unsent.error);
        screen.item("not sent", &format!("{}: {why}", unsent.recipient));
    }
    if receipt.refused.is_empty() && receipt.unknown.is_empty() && receipt.unsent.is_empty() {
        screen.success("Delivered.");
        return Ok(());
    }
    Err(Failure::NotDelivered(
        "some of the recipients do not get it".into(),
    ))
}

fn failure(instance: &Instance, error: &Error) -> Failure {
    let sentence = advice::sentence(instance, error);
    match error {
        Error::InvalidArgument(_) => Failure::Arguments(sentence),
        _ => Failure::NotDelivered(sentence),
    }
}

//! The demo with a server of the user's.

use std::fs;
use std::process;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use host_tests::{
    Envelope, Error, Grants, Host, Instance, LineSource, Mailer, Receipt, Screen, TranscriptSource,
};

use crate::arguments::SendRequest;
use crate::{Failure, advice, date};

/// The most lines of a conversation that are shown.
const TRANSCRIPT_LINES: u32 = 2000;

pub(crate) fn run(request: &SendRequest) -> Result<(), Failure> {
    let screen = Screen::new();
    let message = message(request).map_err(Failure::Arguments)?;
    screen.title("A WebAssembly component sends a message, inside wasmtime");
    let connecting = move |address| screen.item("connecting", &format!("to {address}"));
    let grants = Grants {
        connecting: Some(Arc::new(connecting)),
        ..Grants::all()
    };
    let instance = Host::shared().instance(grants);
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

fn message(request: &SendRequest) -> Result<Vec<u8>, String> {
    if let Some(path) = &request.message {
        return read(path);
    }
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let domain = request
        .from
        .rsplit_once('@')
        .map_or("localhost", |(_, domain)| domain);
    Ok(format!(
        "From: <{}>\r\n\
         To: <{}>\r\n\
         Subject: A message from a WebAssembly component\r\n\
         Date: {}\r\n\
         Message-ID: <{}.{}@{domain}>\r\n\
         \r\n\
         This message came out of envoi, an SMTP client as a WebAssembly component.\r\n",
        request.from,
        request.to.join(">, <"),
        date::now(),
        since_1970.as_nanos(),
        process::id(),
    )
    .into_bytes())
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

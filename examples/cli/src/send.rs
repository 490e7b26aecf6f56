//! Sends one message: a composed one, or the one on standard input.

use crate::arguments::{Arguments, Composition};
use crate::draft::{Files, draft, invalid};
use crate::environment::Environment;
use crate::envoi::mail::compose::Composed;
use crate::envoi::mail::smtp::{Envelope, Error, Mailer, Receipt, TranscriptSource};
use crate::envoi::mail::smtp_streams::send_draft;
use crate::exit::{self, Failure};
use crate::{advice, finished, report::report, say, settings, signers};

pub(crate) fn send(arguments: &Arguments, environment: Environment) -> Result<(), Failure> {
    // Finds wrong arguments before it waits for the message.
    let mailer = settings::mailer(arguments, environment)?;
    settings::options(arguments, false)?;
    signers::set(&mailer, &arguments.dkim)?;
    let outcome = match &arguments.composition {
        Some(composition) => compose(&mailer, arguments, composition),
        None => finished::send(&mailer, arguments),
    };
    if outcome.is_ok() {
        mailer.close();
    }
    show(&mailer);
    report(&outcome?)
}

fn compose(
    mailer: &Mailer,
    arguments: &Arguments,
    composition: &Composition,
) -> Result<Receipt, Failure> {
    let options = settings::options(arguments, false)?;
    let from = arguments.from.as_deref().unwrap_or_default();
    let draft = |files| draft(from, &arguments.to, composition, files);
    let sent = if arguments.dkim.is_empty() {
        send_draft(mailer, &draft(Files::Streamed)?, Some(&options))
    } else {
        let Composed {
            sender,
            recipients,
            message,
            ..
        } = draft(Files::Whole)?.compose().map_err(invalid)?;
        let envelope = Envelope { sender, recipients };
        mailer.send(&envelope, &message, Some(&options))
    };
    sent.map_err(undelivered)
}

/// Shows the new lines of the transcript, if one is kept.
pub(crate) fn show(mailer: &Mailer) {
    for line in mailer.take_transcript() {
        let seconds = line.elapsed / 1_000_000_000;
        let milliseconds = line.elapsed / 1_000_000 % 1000;
        let mark = match line.source {
            TranscriptSource::Client => ">",
            TranscriptSource::Server => "<",
            TranscriptSource::Event => "*",
        };
        say(&format!(
            "{seconds:>3}.{milliseconds:03} {mark} {}\n",
            line.text
        ));
    }
}

pub(crate) fn undelivered(error: Error) -> Failure {
    Failure::new(exit::code(&error), advice::sentence(&error))
}

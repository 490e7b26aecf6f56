//! Sends one message: a composed one, or the one on standard input.

use crate::arguments::{Arguments, Composition};
use crate::draft::{Files, draft};
use crate::environment::Environment;
use crate::envoi::mail::smtp::{Error, Mailer, Options, Receipt, TranscriptSource};
use crate::envoi::mail::smtp_streams::send_draft;
use crate::exit::{self, Failure};
use crate::{advice, finished, report::report, say, settings, signers};

pub(crate) fn send(arguments: &Arguments, environment: Environment) -> Result<(), Failure> {
    // Finds wrong arguments before it waits for the message.
    let mailer = settings::mailer(arguments, environment)?;
    let options = settings::options(arguments)?;
    signers::set(&mailer, &arguments.dkim)?;
    let outcome = match &arguments.composition {
        Some(composition) => compose(&mailer, arguments, composition, &options),
        None => finished::send(&mailer, arguments, &options),
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
    options: &Options,
) -> Result<Receipt, Failure> {
    let from = arguments.from.as_deref().unwrap_or_default();
    let files = if arguments.dkim.is_empty() {
        Files::Streamed
    } else {
        Files::Whole
    };
    let draft = draft(from, &arguments.to, composition, files)?;
    send_draft(mailer, &draft, Some(options)).map_err(undelivered)
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

//! Sends the message on standard input: in constant memory, unless it is signed.

use std::io::Read;

use wasip2::cli::{stdin::get_stdin, terminal_stdin::get_terminal_stdin};

use crate::arguments::Arguments;
use crate::envelope::envelope;
use crate::envoi::mail::smtp::{Envelope, Error, Mailer, MessageWriter, Options, Receipt};
use crate::exit::{self, Failure};
use crate::header::{Fault, Header, PIECE};
use crate::say;
use crate::send::{show, undelivered};

pub(crate) fn send(
    mailer: &Mailer,
    arguments: &Arguments,
    options: &Options,
) -> Result<Receipt, Failure> {
    if get_terminal_stdin().is_some() {
        say("envoi-cli: waiting for a message: header, empty line, body, then Ctrl-D\n");
    }
    let mut stdin = get_stdin();
    let header = Header::read(&mut stdin).map_err(faulty)?;
    let data = |what| Failure::new(exit::DATA, what);
    let envelope = envelope(arguments, &header).map_err(data)?;
    options.set_smtputf8(header.first_in_utf8().is_some());
    if arguments.dkim.is_empty() {
        in_pieces(mailer, &envelope, options, header, &mut stdin)
    } else {
        whole(mailer, &envelope, options, header, &mut stdin)
    }
}

fn in_pieces(
    mailer: &Mailer,
    envelope: &Envelope,
    options: &Options,
    header: Header,
    source: &mut impl Read,
) -> Result<Receipt, Failure> {
    let message = mailer.start_message(envelope, Some(options));
    show(mailer);
    let message = message.map_err(|error| not_started(error, &header))?;
    message.write(&header.sent()).map_err(undelivered)?;
    message.write(&header.rest).map_err(undelivered)?;
    let mut piece = vec![0; PIECE];
    loop {
        // On an error, the unfinished message is dropped, and therefore not delivered.
        let count = source.read(&mut piece).map_err(unreadable)?;
        match piece.get(..count).unwrap_or_default() {
            [] => break,
            octets => message.write(octets).map_err(undelivered)?,
        }
    }
    MessageWriter::finish(message).map_err(undelivered)
}

/// A signature stands before the message, and so needs all of it.
fn whole(
    mailer: &Mailer,
    envelope: &Envelope,
    options: &Options,
    header: Header,
    source: &mut impl Read,
) -> Result<Receipt, Failure> {
    let mut message = header.sent();
    message.extend(&header.rest);
    source.read_to_end(&mut message).map_err(unreadable)?;
    let sent = mailer.send(envelope, &message, Some(options));
    sent.map_err(|error| not_started(error, &header))
}

/// Names the field that SMTPUTF8 was declared for, if the server does not offer it.
fn not_started(error: Error, header: &Header) -> Failure {
    match (&error, header.first_in_utf8()) {
        (Error::ExtensionUnavailable(unavailable), Some(field))
            if unavailable.keyword == "SMTPUTF8" =>
        {
            let what = format!(
                "the server does not offer SMTPUTF8, which the header field {field} needs: write it \
                 in encoded words (RFC 2047), and addresses in ASCII"
            );
            Failure::new(exit::code(&error), what)
        }
        _ => undelivered(error),
    }
}

fn unreadable(error: std::io::Error) -> Failure {
    Failure::new(
        exit::IO,
        format!("cannot read the message from stdin: {error}; it was not delivered"),
    )
}

fn faulty(fault: Fault) -> Failure {
    let what = match fault {
        Fault::Unreadable(error) => return unreadable(error),
        Fault::Empty => "no message on standard input: envoi-cli.wasm … < message.eml".into(),
        Fault::TooLarge => {
            "the message's header has more than 1 MiB: is the empty line after it missing?".into()
        }
        Fault::NoField(line) => format!(
            "line {line} of the message is not a header field (\"Name: value\"); an empty line ends the \
             header"
        ),
    };
    Failure::new(exit::DATA, what)
}

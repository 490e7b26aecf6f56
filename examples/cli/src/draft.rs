//! Composes the message that the command line describes.

use std::io::Read;

use wasip2::cli::{stdin::get_stdin, terminal_stdin::get_terminal_stdin};

use crate::arguments::{Composition, Text};
use crate::envoi::mail::compose::{Address, Attachment, Draft, Invalid};
use crate::envoi::mail::smtp_streams::attach_from;
use crate::exit::{DATA, Failure, IO};
use crate::{content_type, files, say};

/// How the draft gets its files.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Files {
    /// While they are sent.
    Streamed,
    /// A signature stands before the message, and so needs all of it.
    Whole,
}

/// Reads the texts, and opens or reads the files.
pub(crate) fn draft(
    from: &str,
    to: &[String],
    composition: &Composition,
    files: Files,
) -> Result<Draft, Failure> {
    let draft = Draft::new();
    address(&draft, from, to, composition).map_err(invalid)?;
    if let Some(subject) = &composition.subject {
        draft.set_subject(subject).map_err(invalid)?;
    }
    if let Some(text) = &composition.text {
        draft.set_text(&read(text)?);
    }
    if let Some(html) = &composition.html {
        draft.set_html(&read(html)?);
    }
    for path in &composition.inline {
        attach(&draft, path, Some(files::name(path)), files)?;
    }
    for path in &composition.attached {
        attach(&draft, path, None, files)?;
    }
    Ok(draft)
}

fn invalid(Invalid { field, reason }: Invalid) -> Failure {
    Failure::new(DATA, format!("{field}: {reason}"))
}

fn address(
    draft: &Draft,
    from: &str,
    to: &[String],
    composition: &Composition,
) -> Result<(), Invalid> {
    let all = |list: &[String]| list.iter().map(|one| named(one)).collect::<Vec<_>>();
    draft.set_from(&[named(from)])?;
    draft.set_to(&all(to))?;
    draft.set_cc(&all(&composition.cc))?;
    draft.set_bcc(&all(&composition.bcc))?;
    draft.set_reply_to(&all(&composition.reply_to))
}

/// Splits `Ann <ann@example.org>`. The draft checks both parts.
fn named(address: &str) -> Address {
    let split = address
        .strip_suffix('>')
        .and_then(|rest| rest.rsplit_once('<'));
    let (name, mailbox) = split.unwrap_or(("", address));
    let name = name.trim();
    // People write quotes as in a header field. The draft adds those that a name needs.
    let unquoted = name
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let name = unquoted.unwrap_or(name);
    Address {
        name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        mailbox: mailbox.trim().into(),
    }
}

fn read(text: &Text) -> Result<String, Failure> {
    let Text::Given(text) = text else {
        return read_stdin();
    };
    Ok(text.clone())
}

fn read_stdin() -> Result<String, Failure> {
    if get_terminal_stdin().is_some() {
        say("envoi-cli: waiting for the text, then Ctrl-D\n");
    }
    let mut octets = Vec::new();
    let read = get_stdin().read_to_end(&mut octets);
    read.map_err(|error| Failure::new(IO, format!("cannot read the text from stdin: {error}")))?;
    String::from_utf8(octets).map_err(|_| Failure::new(DATA, "the text on stdin is not UTF-8"))
}

fn attach(draft: &Draft, path: &str, id: Option<&str>, files: Files) -> Result<(), Failure> {
    let name = files::name(path);
    let content_type = content_type::of(name);
    let attached = match files {
        Files::Streamed => attach_from(draft, Some(name), content_type, id, files::open(path)?),
        Files::Whole => draft.attach(&Attachment {
            name: Some(name.into()),
            content_type: content_type.into(),
            content: files::read(path)?,
            content_id: id.map(str::to_owned),
        }),
    };
    attached.map_err(|Invalid { reason, .. }| Failure::new(DATA, format!("{path}: {reason}")))
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_name_may_stand_before_an_address() {
        for (given, name, mailbox) in [
            ("a@x.test", None, "a@x.test"),
            ("<a@x.test>", None, "a@x.test"),
            ("Ann Lee <a@x.test>", Some("Ann Lee"), "a@x.test"),
            ("\"Lee, Ann\" <a@x.test>", Some("Lee, Ann"), "a@x.test"),
            ("Ann <3 <a@x.test>", Some("Ann <3"), "a@x.test"),
            ("Ann", None, "Ann"),
        ] {
            let address = named(given);
            assert_eq!(address.name.as_deref(), name, "{given}");
            assert_eq!(address.mailbox, mailbox, "{given}");
        }
    }
}

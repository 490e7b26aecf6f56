//! The interface `smtp-streams`: for callers that have streams of WASI.

use core::mem;

use envoi_message::compose::{Attachment, Content, Invalid};
use wasi::io::streams::{InputStream, OutputStream};

use super::Component;
use super::bindings::exports::envoi::mail::compose::{DraftBorrow, Invalid as WitInvalid};
use super::bindings::exports::envoi::mail::smtp as wit;
use super::bindings::exports::envoi::mail::smtp_streams::Guest;
use super::compose::{GuestDraft, compose, valid};
use super::options::chosen;
use super::smtp::{GuestMailer, GuestMessageWriter, run};
use crate::net::WasiStream;
use crate::smtp::error::Error;

/// The contents of a draft that are read while it is sent, in the order of attaching.
pub(super) enum Streams {
    Unread(Vec<InputStream>),
    Read,
}

impl Default for Streams {
    fn default() -> Self {
        Self::Unread(Vec::new())
    }
}

impl Streams {
    fn push(&mut self, stream: InputStream) -> Result<(), Invalid> {
        match self {
            Self::Unread(streams) => streams.push(stream),
            Self::Read => return Err(read_already()),
        }
        Ok(())
    }

    /// Takes all of them. A draft without any may be sent as often as its sender likes.
    fn take(&mut self) -> Result<Vec<InputStream>, Invalid> {
        match self {
            Self::Unread(streams) if streams.is_empty() => Ok(Vec::new()),
            Self::Unread(streams) => {
                let streams = mem::take(streams);
                *self = Self::Read;
                Ok(streams)
            }
            Self::Read => Err(read_already()),
        }
    }
}

fn read_already() -> Invalid {
    Invalid {
        field: "attachment".into(),
        reason: "its stream was read by an earlier send-draft: make a new draft".into(),
    }
}

impl Guest for Component {
    fn attach(
        mailer: wit::MailerBorrow<'_>,
        input: InputStream,
        output: OutputStream,
    ) -> Result<wit::Session, wit::Error> {
        let GuestMailer(mailer) = mailer.get();
        run(mailer.borrow_mut().attach(WasiStream::over(input, output)))
    }

    fn write_from(
        target: wit::MessageWriterBorrow<'_>,
        source: &InputStream,
    ) -> Result<u64, wit::Error> {
        let GuestMessageWriter(message) = target.get();
        run(message.borrow_mut().write_from(source))
    }

    fn attach_from(
        draft: DraftBorrow<'_>,
        name: Option<String>,
        content_type: String,
        content_id: Option<String>,
        content: InputStream,
    ) -> Result<(), WitInvalid> {
        let GuestDraft { draft, streams } = draft.get();
        let mut draft = draft.borrow_mut();
        let attached = draft.attach(Attachment {
            name,
            content_type,
            content: Content::Streamed,
            content_id,
        });
        valid(attached.and_then(|()| streams.borrow_mut().push(content)))
    }

    fn send_draft(
        mailer: wit::MailerBorrow<'_>,
        draft: DraftBorrow<'_>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Receipt, wit::Error> {
        let GuestDraft { draft, streams } = draft.get();
        let composed = compose(&draft.borrow());
        let taken = composed.and_then(|composed| Ok((composed, streams.borrow_mut().take()?)));
        let (composed, sources) =
            taken.map_err(|invalid| Error::InvalidArgument(invalid.to_string()))?;
        let GuestMailer(mailer) = mailer.get();
        let mut mailer = mailer.borrow_mut();
        run(mailer.send_composed(&composed, &sources, &chosen(options)))
    }
}

//! The interface `smtp-streams`: for callers that have streams of WASI.

use wasi::io::streams::{InputStream, OutputStream};

use super::Component;
use super::bindings::exports::envoi::mail::compose::{DraftBorrow, Invalid as WitInvalid};
use super::bindings::exports::envoi::mail::smtp as wit;
use super::bindings::exports::envoi::mail::smtp_streams::Guest;
use super::compose::GuestDraft;
use super::options::chosen;
use super::smtp::{GuestMailer, GuestMessageWriter, run};
use crate::net::WasiStream;

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
        let draft: &GuestDraft = draft.get();
        draft.attach_stream(name, content_type, content_id, content)
    }

    fn send_draft(
        mailer: wit::MailerBorrow<'_>,
        draft: DraftBorrow<'_>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Receipt, wit::Error> {
        let (composed, sources) = draft.get::<GuestDraft>().compose_with_streams()?;
        let GuestMailer(mailer) = mailer.get();
        let mut mailer = mailer.borrow_mut();
        run(mailer.send_composed(&composed, &sources, &chosen(options)))
    }
}

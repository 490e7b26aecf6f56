//! The interface `smtp-streams`: for callers that have streams of WASI.

use wasi::io::streams::{InputStream, OutputStream};

use super::Component;
use super::bindings::exports::envoi::mail::smtp as wit;
use super::bindings::exports::envoi::mail::smtp_streams::Guest;
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
}

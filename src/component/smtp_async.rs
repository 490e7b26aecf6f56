//! The interface `smtp-async`: `smtp` for WASI 0.3, over a pool of connections.

use core::cell::Cell;
use core::time::Duration;
use std::rc::Rc;

use wit_bindgen::{FutureReader, StreamReader};
use zeroize::Zeroizing;

use super::Component;
use super::backpressure::Calls;
use super::bindings::exports::envoi::mail::compose::{DraftBorrow, Invalid as WitInvalid};
use super::bindings::exports::envoi::mail::dkim::SignerBorrow;
use super::bindings::wit_future;
use super::compose::GuestDraft;
use super::convert::{all, answer, checked, separate};
use super::dkim::copies;
use super::options::{GuestOptions, chosen};
use super::settings::settings;
use super::streams::SharedStream;
use super::wit;
use crate::client;
use crate::mailer;
use crate::net::Wasi03;
use crate::pool::{self, PooledMessage};
use crate::smtp::error::{Error, Phase};
use crate::smtp::parameters::Options;
use crate::timeouts::Timeout;

type Client = client::Client<Wasi03>;
type Mailer = mailer::Mailer<Wasi03>;
type Pool = pool::Pool<Wasi03>;

impl wit::Guest for Component {
    type Mailer = GuestMailer;
    type Options = GuestOptions;
    type MessageWriter = GuestMessageWriter;
    type Session = GuestSession;

    async fn send_mail(
        server: String,
        sender: String,
        recipients: Vec<String>,
        message: Vec<u8>,
        timeout: Option<u64>,
    ) -> Result<wit::Receipt, wit::Error> {
        let mut mailer = Mailer::over_from_url(Wasi03, &Zeroizing::new(server))?;
        mailer.set_timeout(Timeout::Total, timeout.map(Duration::from_nanos));
        let sender = Some(sender.as_str()).filter(|s| !s.is_empty());
        let options = Options::default();
        let message = mailer.outgoing_message(sender, &recipients, &message, &options)?;
        answer(mailer.send_last(&message).await)
    }

    fn explain(error: wit::Error) -> wit::Explanation {
        Error::from(error).explain().into()
    }

    fn attach_from(
        draft: DraftBorrow<'_>,
        name: Option<String>,
        content_type: String,
        content_id: Option<String>,
        content: StreamReader<u8>,
        length: Option<u64>,
    ) -> Result<(), WitInvalid> {
        let draft: &GuestDraft = draft.get();
        draft.attach_stream(
            name,
            content_type,
            content_id,
            SharedStream::new(content, length),
        )
    }

    async fn send_draft(
        mailer: wit::MailerBorrow<'_>,
        draft: DraftBorrow<'_>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Receipt, wit::Error> {
        let (composed, sources) = draft.get::<GuestDraft>().compose_with_streams()?;
        let options = chosen(options);
        let mailer: &GuestMailer = mailer.get();
        let _call = mailer.calls.enter();
        let sent = mailer.pool.send_composed(&composed, &sources, &options);
        answer(sent.await)
    }
}

pub(super) struct GuestMailer {
    pool: Rc<Pool>,
    calls: Calls,
}

impl GuestMailer {
    fn over(mailer: Mailer) -> Self {
        let pool = Pool::new(Wasi03, mailer);
        Self {
            calls: Calls::new(pool.clone()),
            pool,
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Mailer) -> T) -> T {
        self.pool.configure(change)
    }

    async fn start(
        &self,
        envelope: wit::Envelope,
        options: &Options,
    ) -> Result<PooledMessage<Wasi03>, Error> {
        let wit::Envelope { sender, recipients } = envelope;
        let _call = self.calls.enter();
        let started = self
            .pool
            .start_message(sender.as_deref(), &recipients, options);
        started.await
    }
}

impl From<Mailer> for wit::Mailer {
    fn from(mailer: Mailer) -> Self {
        Self::new(GuestMailer::over(mailer))
    }
}

impl wit::GuestMailer for GuestMailer {
    fn new(host: String) -> Self {
        Self::over(Mailer::over(Wasi03, host))
    }

    fn from_url(url: String) -> Result<wit::Mailer, wit::Error> {
        checked(Mailer::over_from_url(Wasi03, &Zeroizing::new(url)))
    }

    settings!();

    fn set_signers(&self, signers: Vec<SignerBorrow<'_>>) {
        self.change(|mailer| mailer.set_signers(copies(&signers)));
    }

    fn set_connections(&self, limit: u32) {
        self.pool
            .set_connections(usize::try_from(limit).unwrap_or(usize::MAX));
    }

    fn set_rate_limits(&self, total: Option<u32>, connection: Option<u32>) {
        self.pool.set_rate_limits(total, connection);
    }

    fn set_waiting_limit(&self, calls: u32) {
        self.calls.set_limit(calls);
    }

    async fn send(
        &self,
        envelope: wit::Envelope,
        message: Vec<u8>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Receipt, wit::Error> {
        let wit::Envelope { sender, recipients } = envelope;
        let options = chosen(options);
        let pool = &self.pool;
        let message = pool.outgoing_message(sender.as_deref(), &recipients, &message, &options)?;
        let _call = self.calls.enter();
        answer(pool.send(&message).await)
    }

    async fn send_all(
        &self,
        messages: Vec<wit::OutgoingMessage>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Vec<Result<wit::Receipt, wit::Error>> {
        let options = chosen(options);
        let made = messages.iter().map(|message| {
            let wit::OutgoingMessage { envelope, message } = message;
            let wit::Envelope { sender, recipients } = envelope;
            self.pool
                .outgoing_message(sender.as_deref(), recipients, message, &options)
        });
        let (valid, invalid) = separate(made);
        let _call = self.calls.enter();
        invalid.fill_in(self.pool.send_all(&valid).await)
    }

    async fn start_message(
        &self,
        envelope: wit::Envelope,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::MessageWriter, wit::Error> {
        answer(self.start(envelope, &chosen(options)).await)
    }

    async fn send_stream(
        &self,
        envelope: wit::Envelope,
        content: StreamReader<u8>,
        length: Option<u64>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Receipt, wit::Error> {
        let options = with_length(chosen(options), length);
        let message = self.start(envelope, &options).await?;
        answer(write_stream(message, content, length).await)
    }

    async fn start_stream(
        &self,
        envelope: wit::Envelope,
        content: StreamReader<u8>,
        length: Option<u64>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::StartedMessage, wit::Error> {
        let options = with_length(chosen(options), length);
        let message = self.start(envelope, &options).await?;
        let refused = all(message.refused().to_vec());
        Ok(wit::StartedMessage {
            refused,
            receipt: receipt_of(message, content, length),
        })
    }

    async fn connect(&self) -> Result<wit::Session, wit::Error> {
        answer(self.pool.connect().await)
    }

    async fn dial(&self) -> Result<wit::Session, wit::Error> {
        answer(self.pool.dial().await)
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

/// SIZE is declared (RFC 1870).
fn with_length(mut options: Options, length: Option<u64>) -> Options {
    if let Some(octets) = length {
        options.set_size(octets);
    }
    options
}

async fn write_stream(
    mut message: PooledMessage<Wasi03>,
    mut content: StreamReader<u8>,
    length: Option<u64>,
) -> Result<crate::smtp::receipt::Receipt, Error> {
    let octets = message.write_from(&mut content).await?;
    match length {
        Some(length) if length != octets => Err(Error::InvalidArgument(format!(
            "the stream ended after {octets} octets instead of {length}: the message was not delivered"
        ))),
        _ => message.finish().await,
    }
}

/// Goes on after the call that has returned the future.
fn receipt_of(
    message: PooledMessage<Wasi03>,
    content: StreamReader<u8>,
    length: Option<u64>,
) -> FutureReader<Result<wit::Receipt, wit::Error>> {
    // Nobody waits for this one: it stands for a task that was cancelled.
    let (writer, receipt) = wit_future::new(|| Err(Error::Disconnected(Phase::Content).into()));
    wit_bindgen::spawn_local(async move {
        let result = answer(write_stream(message, content, length).await);
        // The caller may have dropped the future.
        let _ = writer.write(result).await;
    });
    receipt
}

/// `None` while a call uses the message, and after one was given up: then the connection is closed.
pub(super) struct GuestMessageWriter(Cell<Option<PooledMessage<Wasi03>>>);

impl From<PooledMessage<Wasi03>> for wit::MessageWriter {
    fn from(message: PooledMessage<Wasi03>) -> Self {
        Self::new(GuestMessageWriter(Cell::new(Some(message))))
    }
}

impl GuestMessageWriter {
    fn take(&self) -> Result<PooledMessage<Wasi03>, Error> {
        self.0.take().ok_or_else(|| {
            let what = "another call uses the message, or was given up";
            Error::WrongState(what.into())
        })
    }
}

impl wit::GuestMessageWriter for GuestMessageWriter {
    fn refused(&self) -> Vec<wit::RecipientReply> {
        let Ok(message) = self.take() else {
            return Vec::new();
        };
        let refused = all(message.refused().to_vec());
        self.0.set(Some(message));
        refused
    }

    async fn write(&self, bytes: Vec<u8>) -> Result<(), wit::Error> {
        let mut message = self.take()?;
        let result = message.write(&bytes).await;
        self.0.set(Some(message));
        answer(result)
    }

    async fn write_from(&self, mut source: StreamReader<u8>) -> Result<u64, wit::Error> {
        let mut message = self.take()?;
        let result = message.write_from(&mut source).await;
        self.0.set(Some(message));
        answer(result)
    }

    async fn finish(this: wit::MessageWriter) -> Result<wit::Receipt, wit::Error> {
        let message = this.into_inner::<Self>().take()?;
        answer(message.finish().await)
    }
}

pub(super) struct GuestSession(Client);

impl From<Client> for wit::Session {
    fn from(client: Client) -> Self {
        Self::new(GuestSession(client))
    }
}

impl wit::GuestSession for GuestSession {
    fn greeting(&self) -> wit::Reply {
        self.0.greeting().into()
    }

    async fn hello(&self, local_name: String) -> Result<wit::Reply, wit::Error> {
        answer(self.0.hello(&local_name).await)
    }

    fn extension(&self, keyword: String) -> Option<String> {
        self.0.extension(&keyword)
    }

    fn extensions(&self) -> Vec<(String, String)> {
        self.0.extensions()
    }

    async fn start_tls(&self) -> Result<(), wit::Error> {
        answer(self.0.start_tls().await)
    }

    fn tls(&self) -> Option<wit::TlsState> {
        self.0.tls().map(Into::into)
    }

    async fn authenticate(&self, credentials: wit::Credentials) -> Result<wit::Reply, wit::Error> {
        answer(self.0.authenticate(credentials.into()).await)
    }

    async fn auth_start(
        &self,
        mechanism: String,
        initial_response: Option<Vec<u8>>,
    ) -> Result<wit::AuthStep, wit::Error> {
        let initial_response = initial_response.map(Zeroizing::new);
        let initial_response = initial_response.as_ref().map(|octets| octets.as_slice());
        answer(self.0.auth_start(&mechanism, initial_response).await)
    }

    async fn auth_respond(&self, response: Vec<u8>) -> Result<wit::AuthStep, wit::Error> {
        answer(self.0.auth_respond(&Zeroizing::new(response)).await)
    }

    async fn auth_cancel(&self) -> Result<wit::Reply, wit::Error> {
        answer(self.0.auth_cancel().await)
    }

    async fn mail(
        &self,
        sender: Option<String>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Reply, wit::Error> {
        answer(self.0.mail(sender.as_deref(), &chosen(options)).await)
    }

    async fn rcpt(
        &self,
        recipient: String,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Reply, wit::Error> {
        answer(self.0.rcpt(&recipient, &chosen(options)).await)
    }

    async fn data(&self) -> Result<wit::MessageWriter, wit::Error> {
        answer(self.0.data().await.map(PooledMessage::from))
    }

    async fn send(
        &self,
        envelope: wit::Envelope,
        message: Vec<u8>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Receipt, wit::Error> {
        let wit::Envelope { sender, recipients } = envelope;
        let options = chosen(options);
        answer(
            self.0
                .send(sender.as_deref(), &recipients, &message, &options)
                .await,
        )
    }

    async fn reset(&self) -> Result<wit::Reply, wit::Error> {
        answer(self.0.reset().await)
    }

    async fn noop(&self) -> Result<wit::Reply, wit::Error> {
        answer(self.0.noop().await)
    }

    async fn verify(&self, address: String) -> Result<wit::Reply, wit::Error> {
        answer(self.0.verify(&address).await)
    }

    async fn expand(&self, name: String) -> Result<wit::Reply, wit::Error> {
        answer(self.0.expand(&name).await)
    }

    async fn help(&self, topic: Option<String>) -> Result<wit::Reply, wit::Error> {
        answer(self.0.help(topic.as_deref()).await)
    }

    async fn command(&self, line: String) -> Result<wit::Reply, wit::Error> {
        answer(self.0.command(&line).await)
    }

    async fn quit(this: wit::Session) -> Result<wit::Reply, wit::Error> {
        let GuestSession(client) = this.into_inner();
        answer(client.quit().await)
    }
}

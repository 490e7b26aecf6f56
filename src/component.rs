//! The exports of `wit/smtp.wit`: its types to ours, and back.

mod convert;
mod errors;
mod options;

use core::cell::RefCell;
use core::time::Duration;

use crate::client::Client;
use crate::mailer::Mailer;
use crate::message::Message;
use crate::net::{WasiStream, block_on};
use crate::smtp::config::{AuthPipelining, InitialResponse, PipeliningAfterMessage, Protocol};
use crate::smtp::error::Error;
use crate::smtp::parameters::Options;

use bindings::exports::envoi::mail::smtp as wit;
use bindings::exports::envoi::mail::smtp_streams as streams;
use convert::{all, answer};
use options::{GuestOptions, chosen};
use wasi::io::streams::{InputStream, OutputStream};
use zeroize::Zeroizing;

/// Written by build/main.rs.
#[allow(unused_imports, reason = "only a component exports")]
#[allow(
    unsafe_code,
    unreachable_pub,
    clippy::match_bool,
    clippy::too_many_lines,
    reason = "generated"
)]
mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

struct Component;

#[cfg(target_family = "wasm")]
#[allow(unsafe_code, reason = "generated")]
mod exports {
    use super::{Component, bindings};

    bindings::export!(Component with_types_in bindings);
}

/// Runs a call to its end.
fn run<T, U: From<T>>(call: impl Future<Output = Result<T, Error>>) -> Result<U, wit::Error> {
    answer(block_on(call))
}

impl wit::Guest for Component {
    type Mailer = GuestMailer;
    type Options = GuestOptions;
    type Message = GuestMessage;
    type Client = GuestClient;

    fn send_mail(
        server: String,
        sender: String,
        recipients: Vec<String>,
        message: Vec<u8>,
    ) -> Result<wit::Receipt, wit::Error> {
        let mailer = Mailer::from_url(&Zeroizing::new(server))?;
        let sender = Some(sender.as_str()).filter(|s| !s.is_empty());
        let options = Options::default();
        let letter = mailer.outgoing_message(sender, &recipients, &message, &options)?;
        run(mailer.send_last(&letter))
    }

    fn explain(error: wit::Error) -> wit::Explanation {
        Error::from(error).explain().into()
    }
}

struct GuestMailer(RefCell<Mailer>);

impl From<Mailer> for wit::Mailer {
    fn from(mailer: Mailer) -> Self {
        Self::new(GuestMailer(RefCell::new(mailer)))
    }
}

impl wit::GuestMailer for GuestMailer {
    fn new(host: String) -> Self {
        Self(RefCell::new(Mailer::new(host)))
    }

    fn from_url(url: String) -> Result<wit::Mailer, wit::Error> {
        answer(Mailer::from_url(&Zeroizing::new(url)))
    }

    fn set_port(&self, port: u16) {
        self.0
            .borrow_mut()
            .set_port(Some(port).filter(|&port| port != 0));
    }

    fn set_security(&self, security: wit::Security) {
        self.0.borrow_mut().set_security(security.into());
    }

    fn set_dialect(&self, dialect: wit::Dialect) {
        self.0.borrow_mut().set_protocol(match dialect {
            wit::Dialect::Smtp => Protocol::Smtp,
            wit::Dialect::Lmtp => Protocol::Lmtp,
        });
    }

    fn set_credentials(&self, credentials: Option<wit::Credentials>) {
        self.0
            .borrow_mut()
            .set_credentials(credentials.map(Into::into));
    }

    fn set_mechanisms(&self, mechanisms: Vec<String>) -> Result<(), wit::Error> {
        answer(self.0.borrow_mut().set_mechanisms(&mechanisms))
    }

    fn set_initial_response(&self, when: wit::InitialResponse) {
        self.0.borrow_mut().set_initial_response(match when {
            wit::InitialResponse::Auto => InitialResponse::Auto,
            wit::InitialResponse::Always => InitialResponse::Always,
            wit::InitialResponse::Never => InitialResponse::Never,
        });
    }

    fn set_pipelining_after_message(&self, when: wit::PipeliningAfterMessage) {
        let when = match when {
            wit::PipeliningAfterMessage::Never => PipeliningAfterMessage::Never,
            wit::PipeliningAfterMessage::AfterBdat => PipeliningAfterMessage::AfterBdat,
            wit::PipeliningAfterMessage::Always => PipeliningAfterMessage::Always,
        };
        self.0.borrow_mut().set_pipelining_after_message(when);
    }

    fn set_chunking(&self, allowed: bool) {
        self.0.borrow_mut().set_chunking(allowed);
    }

    fn set_plain_fallback(&self, allowed: bool) {
        self.0.borrow_mut().set_plain_fallback(allowed);
    }

    fn set_auth_pipelining(&self, when: wit::AuthPipelining) {
        self.0.borrow_mut().set_auth_pipelining(match when {
            wit::AuthPipelining::Never => AuthPipelining::Never,
            wit::AuthPipelining::PlainAndExternal => AuthPipelining::PlainAndExternal,
            wit::AuthPipelining::TokensToo => AuthPipelining::TokensToo,
        });
    }

    fn set_local_name(&self, name: String) -> Result<(), wit::Error> {
        answer(self.0.borrow_mut().set_local_name(&name))
    }

    fn set_timeout(&self, timeout: wit::Timeout, limit: u64) {
        let limit = Some(Duration::from_nanos(limit)).filter(|limit| !limit.is_zero());
        self.0.borrow_mut().set_timeout(timeout.into(), limit);
    }

    fn set_partial_delivery(&self, allowed: bool) {
        self.0.borrow_mut().set_partial_delivery(allowed);
    }

    fn set_early_content(&self, allowed: bool) {
        self.0.borrow_mut().set_early_content(allowed);
    }

    fn set_connection_limits(&self, idle: u64, messages: u32) {
        let idle = Some(Duration::from_nanos(idle)).filter(|idle| !idle.is_zero());
        let messages = Some(messages).filter(|&messages| messages != 0);
        self.0.borrow_mut().set_connection_limits(idle, messages);
    }

    fn set_server_name(&self, name: String) -> Result<(), wit::Error> {
        answer(self.0.borrow_mut().set_server_name(&name))
    }

    fn set_roots(&self, roots: wit::Roots) {
        self.0
            .borrow_mut()
            .set_bundled_roots(roots == wit::Roots::Bundled);
    }

    fn add_trust_anchors(&self, certificates: Vec<u8>) -> Result<(), wit::Error> {
        answer(self.0.borrow_mut().add_trust_anchors(&certificates))
    }

    fn set_client_certificate(&self, chain: Vec<u8>, key: Vec<u8>) -> Result<(), wit::Error> {
        let key = Zeroizing::new(key);
        answer(self.0.borrow_mut().set_client_certificate(&chain, &key))
    }

    fn set_minimum_tls(&self, version: wit::TlsVersion) {
        self.0
            .borrow_mut()
            .set_only_tls13(version == wit::TlsVersion::Tls13);
    }

    fn set_pinned_keys(&self, digests: Vec<Vec<u8>>) -> Result<(), wit::Error> {
        answer(self.0.borrow_mut().set_pinned_keys(&digests))
    }

    fn send(
        &self,
        envelope: wit::Envelope,
        message: Vec<u8>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Receipt, wit::Error> {
        let wit::Envelope { sender, recipients } = envelope;
        let mut mailer = self.0.borrow_mut();
        let options = chosen(options);
        let letter = mailer.outgoing_message(sender.as_deref(), &recipients, &message, &options)?;
        run(mailer.send(&letter))
    }

    fn send_all(
        &self,
        letters: Vec<wit::Letter>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Vec<Result<wit::Receipt, wit::Error>> {
        let mut mailer = self.0.borrow_mut();
        let options = chosen(options);
        let mut results = Vec::with_capacity(letters.len());
        let mut sound = Vec::with_capacity(letters.len());
        for letter in &letters {
            let wit::Envelope { sender, recipients } = &letter.envelope;
            match mailer.outgoing_message(sender.as_deref(), recipients, &letter.message, &options)
            {
                Ok(letter) => {
                    sound.push(letter);
                    results.push(None);
                }
                Err(error) => results.push(Some(Err(error))),
            }
        }
        let mut sent = block_on(mailer.send_all(&sound)).into_iter();
        let each = results
            .into_iter()
            .flat_map(|refused| refused.or_else(|| sent.next()));
        each.map(answer).collect()
    }

    fn start_message(
        &self,
        envelope: wit::Envelope,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Message, wit::Error> {
        let wit::Envelope { sender, recipients } = envelope;
        let mut mailer = self.0.borrow_mut();
        run(mailer.start_message(sender.as_deref(), &recipients, &chosen(options)))
    }

    fn connect(&self) -> Result<wit::Client, wit::Error> {
        run(self.0.borrow_mut().connect())
    }

    fn dial(&self) -> Result<wit::Client, wit::Error> {
        run(self.0.borrow_mut().dial())
    }

    fn close(&self) {
        block_on(self.0.borrow_mut().close());
    }

    fn set_transcript(&self, lines: u32) {
        self.0
            .borrow_mut()
            .set_transcript(usize::try_from(lines).unwrap_or(usize::MAX));
    }

    fn transcript(&self) -> Vec<wit::TranscriptLine> {
        self.0
            .borrow_mut()
            .take_transcript()
            .into_iter()
            .map(Into::into)
            .collect()
    }
}

struct GuestMessage(RefCell<Message>);

impl From<Message> for wit::Message {
    fn from(message: Message) -> Self {
        Self::new(GuestMessage(RefCell::new(message)))
    }
}

impl wit::GuestMessage for GuestMessage {
    fn refused(&self) -> Vec<wit::RecipientReply> {
        all(self.0.borrow().refused().to_vec())
    }

    fn write(&self, bytes: Vec<u8>) -> Result<(), wit::Error> {
        run(self.0.borrow_mut().write(&bytes))
    }

    fn finish(this: wit::Message) -> Result<wit::Receipt, wit::Error> {
        let GuestMessage(message) = this.into_inner();
        run(message.into_inner().finish())
    }
}

struct GuestClient(Client);

impl From<Client> for wit::Client {
    fn from(client: Client) -> Self {
        Self::new(GuestClient(client))
    }
}

impl wit::GuestClient for GuestClient {
    fn greeting(&self) -> wit::Reply {
        self.0.greeting().into()
    }

    fn hello(&self, local_name: String) -> Result<wit::Reply, wit::Error> {
        run(self.0.hello(&local_name))
    }

    fn extension(&self, keyword: String) -> Option<String> {
        self.0.extension(&keyword)
    }

    fn extensions(&self) -> Vec<(String, String)> {
        self.0.extensions()
    }

    fn start_tls(&self) -> Result<(), wit::Error> {
        run(self.0.start_tls())
    }

    fn tls(&self) -> Option<wit::TlsState> {
        self.0.tls().map(Into::into)
    }

    fn authenticate(&self, credentials: wit::Credentials) -> Result<wit::Reply, wit::Error> {
        run(self.0.authenticate(credentials.into()))
    }

    fn auth_start(
        &self,
        mechanism: String,
        initial_response: Option<Vec<u8>>,
    ) -> Result<wit::AuthStep, wit::Error> {
        let initial_response = initial_response.map(Zeroizing::new);
        let initial_response = initial_response.as_ref().map(|octets| octets.as_slice());
        run(self.0.auth_start(&mechanism, initial_response))
    }

    fn auth_respond(&self, response: Vec<u8>) -> Result<wit::AuthStep, wit::Error> {
        run(self.0.auth_respond(&Zeroizing::new(response)))
    }

    fn auth_cancel(&self) -> Result<wit::Reply, wit::Error> {
        run(self.0.auth_cancel())
    }

    fn mail(
        &self,
        sender: Option<String>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Reply, wit::Error> {
        run(self.0.mail(sender.as_deref(), &chosen(options)))
    }

    fn rcpt(
        &self,
        recipient: String,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Reply, wit::Error> {
        run(self.0.rcpt(&recipient, &chosen(options)))
    }

    fn data(&self) -> Result<wit::Message, wit::Error> {
        run(self.0.data())
    }

    fn send(
        &self,
        envelope: wit::Envelope,
        message: Vec<u8>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Receipt, wit::Error> {
        let wit::Envelope { sender, recipients } = envelope;
        let options = chosen(options);
        run(self
            .0
            .send(sender.as_deref(), &recipients, &message, &options))
    }

    fn reset(&self) -> Result<wit::Reply, wit::Error> {
        run(self.0.reset())
    }

    fn noop(&self) -> Result<wit::Reply, wit::Error> {
        run(self.0.noop())
    }

    fn verify(&self, address: String) -> Result<wit::Reply, wit::Error> {
        run(self.0.verify(&address))
    }

    fn expand(&self, name: String) -> Result<wit::Reply, wit::Error> {
        run(self.0.expand(&name))
    }

    fn help(&self, topic: Option<String>) -> Result<wit::Reply, wit::Error> {
        run(self.0.help(topic.as_deref()))
    }

    fn command(&self, line: String) -> Result<wit::Reply, wit::Error> {
        run(self.0.command(&line))
    }

    fn quit(this: wit::Client) -> Result<wit::Reply, wit::Error> {
        let GuestClient(client) = this.into_inner();
        run(client.quit())
    }
}

impl streams::Guest for Component {
    fn attach(
        mailer: wit::MailerBorrow<'_>,
        input: InputStream,
        output: OutputStream,
    ) -> Result<wit::Client, wit::Error> {
        let GuestMailer(mailer) = mailer.get();
        run(mailer.borrow_mut().attach(WasiStream::over(input, output)))
    }

    fn write_from(target: wit::MessageBorrow<'_>, source: &InputStream) -> Result<u64, wit::Error> {
        let GuestMessage(message) = target.get();
        run(message.borrow_mut().write_from(source))
    }
}

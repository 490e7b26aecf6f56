//! The interface `smtp`.

use core::cell::RefCell;
use core::time::Duration;

use super::Component;
use super::convert::{all, answer, checked, separate};
use super::options::{GuestOptions, chosen};
use super::settings::settings;
use super::wit;
use crate::client::Client;
use crate::mailer::Mailer;
use crate::message::Message;
use crate::net::block_on;
use crate::smtp::error::Error;
use crate::smtp::parameters::Options;
use crate::timeouts::Timeout;
use zeroize::Zeroizing;

/// Runs a call to its end.
pub(super) fn run<T, U: From<T>>(
    call: impl Future<Output = Result<T, Error>>,
) -> Result<U, wit::Error> {
    answer(block_on(call))
}

impl wit::Guest for Component {
    type Mailer = GuestMailer;
    type Options = GuestOptions;
    type MessageWriter = GuestMessageWriter;
    type Session = GuestSession;

    fn send_mail(
        server: String,
        sender: String,
        recipients: Vec<String>,
        message: Vec<u8>,
        timeout: Option<u64>,
    ) -> Result<wit::Receipt, wit::Error> {
        let mut mailer = Mailer::from_url(&Zeroizing::new(server))?;
        mailer.set_timeout(Timeout::Total, timeout.map(Duration::from_nanos));
        let sender = Some(sender.as_str()).filter(|s| !s.is_empty());
        let options = Options::default();
        let message = mailer.outgoing_message(sender, &recipients, &message, &options)?;
        run(mailer.send_last(&message))
    }

    fn explain(error: wit::Error) -> wit::Explanation {
        Error::from(error).explain().into()
    }
}

pub(super) struct GuestMailer(pub(super) RefCell<Mailer>);

impl GuestMailer {
    fn change<T>(&self, change: impl FnOnce(&mut Mailer) -> T) -> T {
        change(&mut self.0.borrow_mut())
    }
}

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
        checked(Mailer::from_url(&Zeroizing::new(url)))
    }

    settings!();

    fn send(
        &self,
        envelope: wit::Envelope,
        message: Vec<u8>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::Receipt, wit::Error> {
        let wit::Envelope { sender, recipients } = envelope;
        let mut mailer = self.0.borrow_mut();
        let options = chosen(options);
        let message =
            mailer.outgoing_message(sender.as_deref(), &recipients, &message, &options)?;
        run(mailer.send(&message))
    }

    fn send_all(
        &self,
        messages: Vec<wit::OutgoingMessage>,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Vec<Result<wit::Receipt, wit::Error>> {
        let mut mailer = self.0.borrow_mut();
        let options = chosen(options);
        let made = messages.iter().map(|message| {
            let wit::OutgoingMessage { envelope, message } = message;
            let wit::Envelope { sender, recipients } = envelope;
            mailer.outgoing_message(sender.as_deref(), recipients, message, &options)
        });
        let (valid, invalid) = separate(made);
        invalid.fill_in(block_on(mailer.send_all(&valid)))
    }

    fn start_message(
        &self,
        envelope: wit::Envelope,
        options: Option<wit::OptionsBorrow<'_>>,
    ) -> Result<wit::MessageWriter, wit::Error> {
        let wit::Envelope { sender, recipients } = envelope;
        let mut mailer = self.0.borrow_mut();
        run(mailer.start_message(sender.as_deref(), &recipients, &chosen(options)))
    }

    fn connect(&self) -> Result<wit::Session, wit::Error> {
        run(self.0.borrow_mut().connect())
    }

    fn dial(&self) -> Result<wit::Session, wit::Error> {
        run(self.0.borrow_mut().dial())
    }

    fn close(&self) {
        block_on(self.0.borrow_mut().close());
    }
}

pub(super) struct GuestMessageWriter(pub(super) RefCell<Message>);

impl From<Message> for wit::MessageWriter {
    fn from(message: Message) -> Self {
        Self::new(GuestMessageWriter(RefCell::new(message)))
    }
}

impl wit::GuestMessageWriter for GuestMessageWriter {
    fn refused(&self) -> Vec<wit::RecipientReply> {
        all(self.0.borrow().refused().to_vec())
    }

    fn write(&self, bytes: Vec<u8>) -> Result<(), wit::Error> {
        run(self.0.borrow_mut().write(&bytes))
    }

    fn finish(this: wit::MessageWriter) -> Result<wit::Receipt, wit::Error> {
        let GuestMessageWriter(message) = this.into_inner();
        run(message.into_inner().finish())
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

    fn data(&self) -> Result<wit::MessageWriter, wit::Error> {
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

    fn quit(this: wit::Session) -> Result<wit::Reply, wit::Error> {
        let GuestSession(client) = this.into_inner();
        run(client.quit())
    }
}

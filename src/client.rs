//! One session with one server, command by command.

use crate::connection::{CallDeadlines, Command, Connection, nonces};
use crate::message::Message;
use crate::net::{Network, Wasi};
use crate::sasl::Credentials;
use crate::shared_connection::{Lease, SharedConnection};
use crate::smtp::config::{PartialDelivery, Protocol};
use crate::smtp::envelope::Envelope;
use crate::smtp::error::{Error, Phase};
use crate::smtp::local_name::LocalName;
use crate::smtp::mailbox::Mailbox;
use crate::smtp::outgoing_message::{EarlyContent, OutgoingMessage};
use crate::smtp::parameters::Options;
use crate::smtp::receipt::Receipt;
use crate::smtp::reply::Reply;
use crate::smtp::sending::{AfterLast, Delivery, Freshness, Sending};
use crate::smtp::session::Session;

pub use crate::smtp::session::AuthStep;
use crate::timeouts::Timeouts;
use crate::tls;

/// A session. Dropping it closes the connection without QUIT.
pub struct Client<N: Network = Wasi> {
    network: N,
    connection: SharedConnection<N>,
    greeting: Reply,
    protocol: Protocol,
    timeouts: Timeouts,
}

impl<N: Network> Client<N> {
    pub(crate) fn new(
        network: N,
        connection: Connection<N>,
        timeouts: Timeouts,
    ) -> Result<Self, Error> {
        let greeting = connection.session().greeting().cloned();
        Ok(Self {
            network,
            protocol: connection.session().protocol(),
            greeting: greeting.ok_or(Error::Disconnected(Phase::Greeting))?,
            connection: SharedConnection::new(connection),
            timeouts,
        })
    }

    /// The server's first reply.
    pub fn greeting(&self) -> Reply {
        self.greeting.clone()
    }

    /// EHLO, and HELO if the server does not understand EHLO.
    pub async fn hello(&self, local_name: &str) -> Result<Reply, Error> {
        let name = LocalName::parse(local_name).map_err(Error::InvalidArgument)?;
        let mut connection = self.begin()?;
        let result = connection.hello(name).await;
        connection.release();
        result
    }

    /// The parameters of an extension that the server offers, and `None` if it does not offer it.
    pub fn extension(&self, keyword: &str) -> Option<String> {
        self.with(|session| session.extensions().get(keyword).map(String::from))?
    }

    /// The keyword and the parameters of each extension that the server offers.
    pub fn extensions(&self) -> Vec<(String, String)> {
        let all = self.with(|session| {
            let all = session.extensions().iter();
            all.map(|(keyword, parameters)| (keyword.into(), parameters.into()))
                .collect()
        });
        all.unwrap_or_default()
    }

    /// STARTTLS and the handshake (RFC 3207). The extensions from before it are forgotten, and the next command
    /// sends EHLO again.
    ///
    /// # Errors
    ///
    /// [`Error::StartTlsUnavailable`] if the server does not offer it; [`Error::WrongState`] inside TLS or in a
    /// transaction.
    pub async fn start_tls(&self) -> Result<(), Error> {
        self.ask(Box::new(Session::start_tls)).await.map(drop)
    }

    /// What the TLS handshake agreed on; `None` without TLS.
    pub fn tls(&self) -> Option<tls::State> {
        self.connection.with(Connection::tls)?
    }

    /// AUTH (RFC 4954), with these credentials instead of the mailer's, by the mechanisms that the mailer may
    /// use.
    ///
    /// # Errors
    ///
    /// [`Error::AuthNeedsTls`] without TLS, except over loopback; [`Error::AuthUnavailable`] if no mechanism
    /// fits; [`Error::AuthRefused`]; [`Error::WrongState`] after a successful AUTH, or in a transaction.
    pub async fn authenticate(&self, credentials: Credentials) -> Result<Reply, Error> {
        let nonces = nonces::<N>()?;
        self.ask(Box::new(|session| {
            session.authenticate_as(credentials, nonces)
        }))
        .await
    }

    /// Begins an AUTH exchange whose mechanism is the caller's own.
    pub async fn auth_start(
        &self,
        mechanism: &str,
        initial: Option<&[u8]>,
    ) -> Result<AuthStep, Error> {
        self.auth_step(Box::new(|session| session.auth_start(mechanism, initial)))
            .await
    }

    /// Answers a challenge.
    pub async fn auth_respond(&self, response: &[u8]) -> Result<AuthStep, Error> {
        self.auth_step(Box::new(|session| session.auth_respond(response)))
            .await
    }

    /// Ends the exchange with `*` instead of a response (RFC 4954, section 4). The server's refusal is the
    /// result, not an error.
    pub async fn auth_cancel(&self) -> Result<Reply, Error> {
        self.ask(Box::new(Session::auth_cancel)).await
    }

    /// MAIL (RFC 5321, section 4.1.1.2). `None` is the null reverse-path `<>`. RSET is sent before it if the
    /// last transaction failed.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if `sender` is not an address; [`Error::WrongState`] in a transaction.
    pub async fn mail(&self, sender: Option<&str>, options: &Options) -> Result<Reply, Error> {
        let sender = sender.map(Mailbox::parse).transpose();
        let sender = sender.map_err(|why| Error::InvalidArgument(format!("sender: {why}")))?;
        self.ask(Box::new(|session| session.mail(sender.as_ref(), options)))
            .await
    }

    /// RCPT (RFC 5321, section 4.1.1.3), once for each recipient. A refusal, [`Error::Rejected`], leaves the
    /// transaction open for others.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if `recipient` is not an address; without a domain, only `postmaster` is one,
    /// or in LMTP any mailbox. [`Error::WrongState`] before MAIL.
    pub async fn rcpt(&self, recipient: &str, options: &Options) -> Result<Reply, Error> {
        let recipient = self
            .protocol
            .recipient(recipient)
            .map_err(|why| Error::InvalidArgument(format!("recipient: {why}")))?;
        self.ask(Box::new(|session| session.rcpt(recipient, options)))
            .await
    }

    /// DATA, after at least one accepted `rcpt`.
    pub async fn data(&self) -> Result<Message<N>, Error> {
        let mut connection = self.begin()?;
        let result = connection.data().await;
        connection.release();
        result.map(|()| Message::new(self.connection.clone()))
    }

    /// `mail`, `rcpt` and `data` in as few round trips as the server allows.
    pub async fn send(
        &self,
        sender: Option<&str>,
        recipients: &[String],
        message: &[u8],
        options: &Options,
    ) -> Result<Receipt, Error> {
        let envelope = Envelope::parse(sender, recipients, self.protocol)?;
        let (partial, early) = (PartialDelivery::Allowed, EarlyContent::Forbidden);
        let message = OutgoingMessage::new(envelope, options, message, partial, early)?;
        let mut deliveries = [Delivery::new(&message)];
        let sending = Sending::new(&mut deliveries, Freshness::Only, AfterLast::StayOpen);
        let mut connection = self.begin()?;
        let delivered = connection.deliver(sending).await;
        connection.release();
        delivered?;
        let [Delivery { mut job, .. }] = deliveries;
        job.give_up(&Error::Disconnected(Phase::Other));
        job.outcome()
    }

    /// RSET (RFC 5321, section 4.1.1.5): forgets the sender and the recipients of the transaction, not the
    /// login.
    pub async fn reset(&self) -> Result<Reply, Error> {
        self.ask(Box::new(Session::reset)).await
    }

    /// NOOP (RFC 5321, section 4.1.1.9): shows whether the server still answers.
    pub async fn noop(&self) -> Result<Reply, Error> {
        self.ask(Box::new(Session::noop)).await
    }

    /// VRFY (RFC 5321, section 4.1.1.6). Most servers answer 252: they neither confirm nor deny the mailbox.
    /// UTF-8 needs a server with SMTPUTF8 (RFC 6531, section 3.7.4.2).
    pub async fn verify(&self, address: &str) -> Result<Reply, Error> {
        self.ask(Box::new(|session| session.ask("VRFY", Some(address))))
            .await
    }

    /// EXPN (RFC 5321, section 4.1.1.7): the members of a mailing list, one in each line of the reply. UTF-8 as
    /// in [`Self::verify`].
    pub async fn expand(&self, name: &str) -> Result<Reply, Error> {
        self.ask(Box::new(|session| session.ask("EXPN", Some(name))))
            .await
    }

    /// HELP (RFC 5321, section 4.1.1.8): words for people, about the server or about one command.
    pub async fn help(&self, topic: Option<&str>) -> Result<Reply, Error> {
        self.ask(Box::new(|session| session.ask("HELP", topic)))
            .await
    }

    /// Any other command: sends one line, and returns its reply, whatever the code.
    pub async fn command(&self, line: &str) -> Result<Reply, Error> {
        self.ask(Box::new(|session| session.raw(line))).await
    }

    /// Sends QUIT, and closes the connection whatever the reply.
    pub async fn quit(self) -> Result<Reply, Error> {
        let mut connection = self.begin()?;
        if connection.is_writing() {
            self.connection.abort();
            return Err(Error::WrongState(
                "a message is on its way: the connection is closed without QUIT".into(),
            ));
        }
        let reply = connection.quit().await;
        self.connection.abort();
        reply.ok_or(Error::Disconnected(Phase::Quit))
    }

    fn begin(&self) -> Result<Lease<N>, Error> {
        let deadlines = CallDeadlines::start(&self.network, &self.timeouts);
        self.connection.begin(deadlines)
    }

    async fn ask(&self, command: Command<'_>) -> Result<Reply, Error> {
        let mut connection = self.begin()?;
        let result = connection.ask(command).await;
        connection.release();
        result
    }

    async fn auth_step(&self, command: Command<'_>) -> Result<AuthStep, Error> {
        let mut connection = self.begin()?;
        let result = connection.auth_step(command).await;
        connection.release();
        result
    }

    fn with<T>(&self, look: impl FnOnce(&Session) -> T) -> Option<T> {
        self.connection
            .with(|connection| look(connection.session()))
    }
}

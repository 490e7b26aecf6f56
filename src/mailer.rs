//! Whole messages: the configuration of a server, and connection reuse between messages.

use core::time::Duration;
use std::fmt::{self, Debug};
use std::marker::PhantomData;
use std::rc::Rc;

use crate::client::Client;
use crate::connection::{
    CallDeadlines, Connection, Delivery, Freshness, Letter, Target, is_gone, tls_failed,
};
use crate::host::host_name;
use crate::message::Message;
use crate::net::{self, Network, Wasi};
use crate::sasl::{Credentials, Mechanism};
use crate::shared_connection::SharedConnection;
use crate::smtp::envelope::{Envelope, Receipt};
use crate::smtp::error::{Error, Phase};
use crate::smtp::local_name::LocalName;
use crate::smtp::options::Options;
use crate::smtp::server_memory::ServerMemory;
use crate::smtp::session::{
    AuthPipelining, Dialect, Goal, InitialResponse, PipeliningAfterMessage, Security,
};
use crate::timeouts::{Timeout, Timeouts};
use crate::tls::{self, Identity, Pins, Policy, ServerName};
use crate::transcript::{Transcript, TranscriptLine};
use crate::url::ServerUrl;

/// When a kept connection is closed.
#[derive(Clone, Copy, Default)]
struct Limits {
    idle: Option<Duration>,
    messages: Option<u32>,
}

impl Limits {
    fn are_reached<N: Network>(self, connection: &Connection<N>) -> bool {
        let carried = connection.session().transactions();
        self.messages.is_some_and(|limit| carried >= limit)
            || self.idle.is_some_and(|limit| connection.idle() >= limit)
    }
}

/// Sends messages to one server, and keeps a connection to it between them. `None` in a setter restores the
/// default.
pub struct Mailer<N: Network = Wasi> {
    network: N,
    host: String,
    port: Option<u16>,
    security: Security,
    dialect: Dialect,
    credentials: Option<Credentials>,
    mechanisms: Vec<Mechanism>,
    initial_response: InitialResponse,
    after_message: PipeliningAfterMessage,
    may_chunk: bool,
    auth_pipelining: AuthPipelining,
    plain_fallback: bool,
    local_name: Option<LocalName>,
    server_name: Option<ServerName>,
    policy: Policy,
    timeouts: Timeouts,
    partial: bool,
    early: bool,
    limits: Limits,
    transcript: Transcript,
    /// Kept because TLS sessions resume from it.
    tls: Option<tls::Settings>,
    kept: Option<SharedConnection<N>>,
    memory: ServerMemory,
}

impl Mailer {
    /// STARTTLS on port 587 is the default.
    pub fn new(host: String) -> Self {
        Self::over(Wasi, host)
    }

    /// Takes `smtps://user:password@host:port`, of which user and port are optional.
    pub fn from_url(url: &str) -> Result<Self, Error> {
        Self::over_from_url(Wasi, url)
    }
}

impl<N: Network> Mailer<N> {
    /// As [`Mailer::new`], over a network of the caller's choice.
    pub fn over(network: N, host: String) -> Self {
        Self {
            network,
            host,
            port: None,
            security: Security::StartTls,
            dialect: Dialect::Smtp,
            credentials: None,
            mechanisms: Mechanism::DEFAULT.to_vec(),
            initial_response: InitialResponse::Auto,
            after_message: PipeliningAfterMessage::AfterBdat,
            may_chunk: true,
            auth_pipelining: AuthPipelining::PlainAndExternal,
            plain_fallback: true,
            local_name: None,
            server_name: None,
            policy: Policy::default(),
            timeouts: Timeouts::default(),
            partial: true,
            early: false,
            limits: Limits::default(),
            transcript: Transcript::default(),
            tls: None,
            kept: None,
            memory: ServerMemory::default(),
        }
    }

    /// As [`Mailer::from_url`], over a network of the caller's choice.
    pub fn over_from_url(network: N, url: &str) -> Result<Self, Error> {
        let url = ServerUrl::parse(url).map_err(Error::InvalidArgument)?;
        let mailer = Self {
            port: url.port,
            security: url.security,
            credentials: url.credentials.map(Credentials::from),
            ..Self::over(network, url.host)
        };
        host_name(&mailer.host)?;
        mailer.check_credentials()?;
        Ok(mailer)
    }

    /// `None` restores the default port of the security mode.
    pub fn set_port(&mut self, port: Option<u16>) {
        self.forget_server();
        self.port = port;
    }

    pub fn set_security(&mut self, security: Security) {
        self.forget_server();
        self.security = security;
    }

    pub fn set_dialect(&mut self, dialect: Dialect) {
        self.forget_server();
        self.dialect = dialect;
    }

    pub fn set_credentials(&mut self, credentials: Option<Credentials>) {
        self.forget_login();
        self.credentials = credentials;
    }

    pub fn set_mechanisms(&mut self, names: &[String]) -> Result<(), Error> {
        let known = |name: &String| {
            Mechanism::from_name(name).ok_or_else(|| {
                let known = Mechanism::DEFAULT.map(Mechanism::name).join(", ");
                Error::InvalidArgument(format!("mechanism {name:?} is not one of {known}"))
            })
        };
        self.mechanisms = names.iter().map(known).collect::<Result<_, _>>()?;
        self.forget_login();
        Ok(())
    }

    /// Whether PLAIN or LOGIN, which send the password, may follow a mechanism that only proves it and was
    /// refused.
    pub fn set_plain_fallback(&mut self, allowed: bool) {
        self.plain_fallback = allowed;
        self.forget_login();
    }

    pub fn set_auth_pipelining(&mut self, when: AuthPipelining) {
        self.auth_pipelining = when;
        self.kept = None;
    }

    pub fn set_initial_response(&mut self, when: InitialResponse) {
        self.initial_response = when;
        self.kept = None;
    }

    pub fn set_pipelining_after_message(&mut self, when: PipeliningAfterMessage) {
        self.after_message = when;
        self.kept = None;
    }

    /// Whether a message leaves by BDAT if the server offers CHUNKING; else it leaves by DATA.
    pub fn set_chunking(&mut self, allowed: bool) {
        self.may_chunk = allowed;
        self.kept = None;
    }

    pub fn set_local_name(&mut self, name: &str) -> Result<(), Error> {
        self.local_name = Some(LocalName::parse(name).map_err(Error::InvalidArgument)?);
        self.kept = None;
        Ok(())
    }

    /// `None` restores the default.
    pub fn set_timeout(&mut self, timeout: Timeout, limit: Option<Duration>) {
        self.timeouts.set(timeout, limit);
    }

    pub fn set_partial_delivery(&mut self, allowed: bool) {
        self.partial = allowed;
    }

    /// Whether the content of a small message may leave before its envelope is answered.
    pub fn set_early_content(&mut self, allowed: bool) {
        self.early = allowed;
    }

    /// Closes a kept connection after it was idle for so long, or has carried so many messages.
    pub fn set_connection_limits(&mut self, idle: Option<Duration>, messages: Option<u32>) {
        self.limits = Limits { idle, messages };
    }

    pub fn set_server_name(&mut self, name: &str) -> Result<(), Error> {
        self.server_name = Some(ServerName::parse(name).map_err(Error::InvalidArgument)?);
        self.kept = None;
        Ok(())
    }

    /// Whether to trust Mozilla's roots besides the added ones.
    pub fn set_bundled_roots(&mut self, trusted: bool) {
        self.policy.trust.use_bundled(trusted);
        self.forget_tls();
    }

    /// Adds roots in PEM or DER. Unless all are valid, none is added.
    pub fn add_trust_anchors(&mut self, certificates: &[u8]) -> Result<(), Error> {
        self.policy
            .trust
            .add(certificates)
            .map_err(Error::InvalidArgument)?;
        self.forget_tls();
        Ok(())
    }

    /// PEM or DER. Empty arguments remove the certificate.
    pub fn set_client_certificate(&mut self, chain: &[u8], key: &[u8]) -> Result<(), Error> {
        self.policy.identity = if chain.is_empty() && key.is_empty() {
            None
        } else {
            let identity = Identity::new::<Platform<N>>(chain, key);
            Some(identity.map_err(Error::InvalidArgument)?)
        };
        self.forget_tls();
        Ok(())
    }

    /// Whether to refuse TLS 1.2.
    pub fn set_only_tls13(&mut self, only: bool) {
        self.policy.only_tls13 = only;
        self.forget_tls();
    }

    /// SHA-256 digests of SubjectPublicKeyInfos. Without any, every valid certificate is accepted.
    pub fn set_pinned_keys(&mut self, digests: &[Vec<u8>]) -> Result<(), Error> {
        self.policy.pins = Pins::new(digests).map_err(Error::InvalidArgument)?;
        self.forget_tls();
        Ok(())
    }

    pub fn set_transcript(&mut self, lines: usize) {
        self.transcript.set_limit(lines);
    }

    pub fn take_transcript(&mut self) -> Vec<TranscriptLine> {
        self.transcript.take()
    }

    /// Delivers one message, over the kept connection if that is still good.
    pub async fn send(&mut self, letter: &Letter<'_>) -> Result<Receipt, Error> {
        single(self.send_all(core::slice::from_ref(letter)).await)
    }

    /// Delivers messages one after the other; returns the outcome of each.
    pub async fn send_all(&mut self, letters: &[Letter<'_>]) -> Vec<Result<Receipt, Error>> {
        self.send_letters(letters, false).await
    }

    /// Delivers one message and closes the connection: QUIT may leave with the end of the message.
    pub async fn send_last(mut self, letter: &Letter<'_>) -> Result<Receipt, Error> {
        let letters = core::slice::from_ref(letter);
        let outcomes = self.send_letters(letters, true).await;
        self.close().await;
        single(outcomes)
    }

    async fn send_letters(
        &mut self,
        letters: &[Letter<'_>],
        quits: bool,
    ) -> Vec<Result<Receipt, Error>> {
        let deadlines = self.start_call();
        let mut messages: Vec<Delivery> = letters.iter().map(Delivery::new).collect();
        let mut rest = &mut messages[..];
        while let Some(first) = rest.iter().position(|message| !message.job.is_done()) {
            rest = &mut rest[first..];
            let sent = self.send_over_one_connection(rest, &deadlines, quits);
            if let Err(error) = sent.await {
                rest.iter_mut()
                    .for_each(|message| message.job.give_up(&error));
            }
        }
        let outcomes = messages.into_iter().map(|message| message.job.outcome());
        outcomes.collect()
    }

    /// Delivers as many messages as one connection takes: the kept one, or a new one. An error is the same for
    /// all messages that are left.
    async fn send_over_one_connection(
        &mut self,
        messages: &mut [Delivery<'_>],
        deadlines: &CallDeadlines<N>,
        quits: bool,
    ) -> Result<(), Error> {
        let (connection, freshness) = match self.take_kept().await {
            Some(kept) => (kept, Freshness::Kept),
            None if deadlines.is_over() => {
                return Err(Error::Timeout(Phase::Connect, Timeout::Total));
            }
            None => (
                self.open_for_message(deadlines.clone()).await?,
                Freshness::New,
            ),
        };
        let mut lease = connection.begin(deadlines.clone())?;
        let sent = lease.send_all(messages, freshness, quits).await;
        lease.release();
        self.return_connection(connection).await;
        sent
    }

    /// Makes a message that `send` takes.
    pub fn letter<'a>(
        &self,
        sender: Option<&str>,
        recipients: &[String],
        message: &'a [u8],
        options: &'a Options,
    ) -> Result<Letter<'a>, Error> {
        let envelope = Envelope::parse(sender, recipients, self.dialect)?;
        Letter::new(envelope, options, message, self.partial, self.early)
    }

    /// Begins a message that is written piece by piece, in one transaction.
    pub async fn start_message(
        &mut self,
        sender: Option<&str>,
        recipients: &[String],
        options: &Options,
    ) -> Result<Message<N>, Error> {
        let envelope = Envelope::parse(sender, recipients, self.dialect)?;
        options.expect_among(&envelope.recipients)?;
        Ok(Message::new(
            self.start_over_kept(&envelope, options).await?,
        ))
    }

    /// Opens a session of the caller's own: greeted, secured, and authenticated if credentials are set.
    pub async fn connect(&mut self) -> Result<Client<N>, Error> {
        self.open_client(Goal::Ready).await
    }

    /// Opens a session of the caller's own, and only reads the greeting, over TLS if that is implicit.
    pub async fn dial(&mut self) -> Result<Client<N>, Error> {
        self.open_client(Goal::Greeting).await
    }

    /// Opens a session over a connection that the caller has made.
    pub async fn attach(&mut self, stream: N::Stream) -> Result<Client<N>, Error> {
        let deadlines = self.start_call();
        let target = Rc::new(self.target()?);
        let connection = Connection::attach(stream, target, deadlines, &self.transcript).await?;
        Client::new(self.network.clone(), connection, self.timeouts.clone())
    }

    /// Sends QUIT if a connection is kept.
    pub async fn close(&mut self) {
        if let Some(kept) = self.kept.take() {
            kept.quit().await;
        }
    }

    async fn open_client(&mut self, goal: Goal) -> Result<Client<N>, Error> {
        let deadlines = self.start_call();
        let connection = self.open(goal, deadlines).await?;
        Client::new(self.network.clone(), connection, self.timeouts.clone())
    }

    fn start_call(&self) -> CallDeadlines<N> {
        CallDeadlines::start(&self.network, &self.timeouts)
    }

    /// Starts the message on the kept connection. If that one is closed, retries once on a new one.
    async fn start_over_kept(
        &mut self,
        envelope: &Envelope,
        options: &Options,
    ) -> Result<SharedConnection<N>, Error> {
        let deadlines = self.start_call();
        if let Some(kept) = self.take_kept().await {
            let mut lease = kept.begin(deadlines.clone())?;
            let result = lease.start(envelope, options, self.partial).await;
            lease.release();
            match result {
                Err(error) if is_gone(&error) => kept.abort(),
                result => {
                    self.return_connection(kept.clone()).await;
                    return result.map(|()| kept);
                }
            }
        }
        loop {
            let connection = self.open_for_message(deadlines.clone()).await?;
            let mut lease = connection.resume()?;
            let result = lease.start(envelope, options, self.partial).await;
            let is_lost = lease.has_lost_envelope();
            lease.release();
            // This happens once: over the next connection AUTH leaves alone.
            if !is_lost {
                self.return_connection(connection.clone()).await;
                return result.map(|()| connection);
            }
        }
    }

    /// Takes the kept connection if it may still be used.
    async fn take_kept(&mut self) -> Option<SharedConnection<N>> {
        let kept = self.kept.take().filter(SharedConnection::is_good)?;
        let used_up = kept.with(|connection| self.limits.are_reached(connection));
        if used_up == Some(false) {
            return Some(kept);
        }
        kept.quit().await;
        None
    }

    /// Keeps the connection for the next message, unless AUTH has still to be sent.
    async fn return_connection(&mut self, connection: SharedConnection<N>) {
        if connection.with(Connection::is_unauthenticated) == Some(true) {
            connection.quit().await;
        } else {
            self.kept = Some(connection);
        }
    }

    async fn open_for_message(
        &mut self,
        deadlines: CallDeadlines<N>,
    ) -> Result<SharedConnection<N>, Error> {
        let connection = self.open(Goal::Message, deadlines).await?;
        Ok(SharedConnection::new(connection))
    }

    async fn open(
        &mut self,
        goal: Goal,
        deadlines: CallDeadlines<N>,
    ) -> Result<Connection<N>, Error> {
        self.check_credentials()?;
        let target = Rc::new(self.target()?);
        Connection::open(target, goal, deadlines, &self.transcript).await
    }

    fn target(&mut self) -> Result<Target, Error> {
        let host = host_name(&self.host)?;
        Ok(Target {
            dialect: self.dialect,
            server_name: self
                .server_name
                .clone()
                .map_or_else(|| ServerName::parse(&host), Ok),
            host,
            port: self.port.unwrap_or(default_port(self.security)),
            security: self.security,
            tls: self.tls_settings()?,
            local_name: self.local_name.clone(),
            credentials: self.credentials.clone(),
            mechanisms: self.mechanisms.clone(),
            initial_response: self.initial_response,
            after_message: self.after_message,
            may_chunk: self.may_chunk,
            auth_pipelining: self.auth_pipelining,
            plain_fallback: self.plain_fallback,
            memory: self.memory.clone(),
        })
    }

    fn tls_settings(&mut self) -> Result<tls::Settings, Error> {
        if let Some(settings) = &self.tls {
            return Ok(settings.clone());
        }
        let settings = tls::Settings::new::<Platform<N>>(&self.policy).map_err(tls_failed)?;
        Ok(self.tls.insert(settings).clone())
    }

    /// Refuses credentials that no mechanism can carry.
    fn check_credentials(&self) -> Result<(), Error> {
        let credentials = self.credentials.as_ref();
        credentials.map_or(Ok(()), |c| c.check().map_err(Error::InvalidArgument))
    }

    /// Another port may be another server, with other limits and faults.
    fn forget_server(&mut self) {
        self.kept = None;
        self.memory = ServerMemory::default();
    }

    /// For another user, or another choice of mechanisms, another mechanism may work.
    fn forget_login(&mut self) {
        self.kept = None;
        self.memory.forget_mechanism();
    }

    /// Another TLS connection has another channel binding too.
    fn forget_tls(&mut self) {
        self.tls = None;
        self.forget_login();
    }
}

fn single(mut outcomes: Vec<Result<Receipt, Error>>) -> Result<Receipt, Error> {
    let none = || Err(Error::Other("the message has no outcome".into()));
    outcomes.pop().unwrap_or_else(none)
}

/// The randomness and time of a network, for TLS.
struct Platform<N>(PhantomData<fn() -> N>);

impl<N> Debug for Platform<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Platform")
    }
}

impl<N: Network> tls::Host for Platform<N> {
    fn random(buffer: &mut [u8]) -> Result<(), tls::NoRandomness> {
        N::random(buffer).map_err(|net::NoRandomness| tls::NoRandomness)
    }

    fn unix_time() -> Duration {
        N::unix_time()
    }
}

/// Without TLS the server is a relay rather than a submission server.
fn default_port(security: Security) -> u16 {
    match security {
        Security::ImplicitTls => 465,
        Security::StartTls | Security::StartTlsUnlessLoopback => 587,
        Security::Opportunistic | Security::Plaintext => 25,
    }
}

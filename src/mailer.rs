//! Whole messages: the configuration of a server, and connection reuse between messages.

use core::time::Duration;
use std::fmt::{self, Debug};
use std::marker::PhantomData;
use std::rc::Rc;

use envoi_message::compose::{Composed, Piece};
use envoi_message::dkim::Signer;

use crate::client::Client;
use crate::connection::{CallDeadlines, ConnectConfig, Connection, tls_failed};
use crate::host::host_name;
use crate::message::Message;
use crate::net::{self, Network, Source, Wasi};
use crate::sasl::{Credentials, Mechanism};
use crate::shared_connection::SharedConnection;
use crate::smtp::config::{
    AuthPipelining, ConnectUntil, InitialResponse, PartialDelivery, PipeliningAfterMessage,
    Protocol, Security, ServerConfig,
};
use crate::smtp::envelope::Envelope;
use crate::smtp::error::{Error, Phase};
use crate::smtp::excerpt::excerpt;
use crate::smtp::local_name::LocalName;
use crate::smtp::outgoing_message::{EarlyContent, OutgoingMessage};
use crate::smtp::parameters::Options;
use crate::smtp::receipt::Receipt;
use crate::smtp::sending::{
    AfterLast, Delivery, Freshness, Queue, Sending, first_left, is_connection_dead,
};
use crate::smtp::server_memory::ServerMemory;
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
    config: Rc<ServerConfig>,
    server_name: Option<ServerName>,
    policy: Policy,
    timeouts: Timeouts,
    partial_delivery: PartialDelivery,
    early_content: EarlyContent,
    limits: Limits,
    /// Each signs every message.
    signers: Vec<Signer>,
    transcript: Transcript,
    /// Kept because TLS sessions resume from it.
    tls: Option<tls::Settings>,
    kept: Option<SharedConnection<N>>,
    /// Counts the changes after which a kept connection does not fit any more.
    epoch: u32,
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
            config: Rc::new(ServerConfig::new(host)),
            server_name: None,
            policy: Policy::default(),
            timeouts: Timeouts::default(),
            partial_delivery: PartialDelivery::Allowed,
            early_content: EarlyContent::Forbidden,
            limits: Limits::default(),
            signers: Vec::new(),
            transcript: Transcript::default(),
            tls: None,
            kept: None,
            epoch: 0,
            memory: ServerMemory::default(),
        }
    }

    /// As [`Mailer::from_url`], over a network of the caller's choice.
    pub fn over_from_url(network: N, url: &str) -> Result<Self, Error> {
        let url = ServerUrl::parse(url).map_err(Error::InvalidArgument)?;
        host_name(&url.host)?;
        let mut mailer = Self::over(network, url.host);
        let config = mailer.config_mut();
        config.port = url.port;
        config.security = url.security;
        config.credentials = url.credentials.map(Credentials::from);
        mailer.check_credentials()?;
        Ok(mailer)
    }

    /// `None` restores the default port of the security mode.
    pub fn set_port(&mut self, port: Option<u16>) {
        self.forget_server();
        self.config_mut().port = port;
    }

    /// STARTTLS by default. The default port depends on it: 465, 587 or 25. The kept connection is closed
    /// without QUIT, and what was learned of the server is forgotten.
    pub fn set_security(&mut self, security: Security) {
        self.forget_server();
        self.config_mut().security = security;
    }

    /// SMTP by default. If the server speaks the other one, the error is an [`Error::Protocol`] at EHLO or
    /// LHLO.
    pub fn set_protocol(&mut self, protocol: Protocol) {
        self.forget_server();
        self.config_mut().protocol = protocol;
    }

    /// `None`, the default, sends no AUTH. Credentials that no mechanism can carry, such as an empty password,
    /// are an [`Error::InvalidArgument`] once a connection is opened.
    pub fn set_credentials(&mut self, credentials: Option<Credentials>) {
        self.forget_login();
        self.config_mut().credentials = credentials;
    }

    /// The SASL mechanisms that may be used, in order of preference. Their names may be in any case. By default, and
    /// if the list is empty, [`Mechanism::DEFAULT`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] names a mechanism that is not known; nothing changes then.
    pub fn set_mechanisms(&mut self, names: &[String]) -> Result<(), Error> {
        let known = |name: &String| {
            Mechanism::from_name(name).ok_or_else(|| {
                let known = Mechanism::DEFAULT.map(Mechanism::name).join(", ");
                let name = excerpt(name.as_bytes());
                Error::InvalidArgument(format!("mechanism \"{name}\" is not one of {known}"))
            })
        };
        let mut mechanisms = names.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        if mechanisms.is_empty() {
            mechanisms = Mechanism::DEFAULT.to_vec();
        }
        self.config_mut().mechanisms = mechanisms;
        self.forget_login();
        Ok(())
    }

    /// Whether PLAIN or LOGIN, which send the password, may follow a mechanism that only proves it and was
    /// refused.
    pub fn set_plain_fallback(&mut self, allowed: bool) {
        self.config_mut().plain_fallback = allowed;
        self.forget_login();
    }

    /// [`AuthPipelining::PlainAndExternal`] by default. It saves a round trip for the first message of a
    /// connection.
    pub fn set_auth_pipelining(&mut self, when: AuthPipelining) {
        self.config_mut().auth_pipelining = when;
        self.drop_kept();
    }

    /// [`InitialResponse::Auto`] by default.
    pub fn set_initial_response(&mut self, when: InitialResponse) {
        self.config_mut().initial_response = when;
        self.drop_kept();
    }

    /// [`PipeliningAfterMessage::AfterBdat`] by default. It saves a round trip a message.
    pub fn set_pipelining_after_message(&mut self, when: PipeliningAfterMessage) {
        self.config_mut().pipelining_after_message = when;
        self.drop_kept();
    }

    /// Whether a message leaves by BDAT if the server offers CHUNKING; else it leaves by DATA.
    pub fn set_chunking(&mut self, allowed: bool) {
        self.config_mut().chunking = allowed;
        self.drop_kept();
    }

    /// The name in EHLO (RFC 5321, section 4.1.1.1): a domain name in ASCII, or an address literal. By default
    /// the address literal of our end of the connection.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if `name` is neither.
    pub fn set_local_name(&mut self, name: &str) -> Result<(), Error> {
        let name = LocalName::parse(name).map_err(Error::InvalidArgument)?;
        self.config_mut().local_name = Some(name);
        self.drop_kept();
        Ok(())
    }

    /// `None` restores the default.
    pub fn set_timeout(&mut self, timeout: Timeout, limit: Option<Duration>) {
        self.timeouts.set(timeout, limit);
    }

    /// Whether a message still goes to the accepted recipients if the server refuses others. Allowed by
    /// default. If not, [`Error::RecipientsRefused`] names the refused ones, and nobody gets the message.
    pub fn set_partial_delivery(&mut self, allowed: bool) {
        self.partial_delivery = if allowed {
            PartialDelivery::Allowed
        } else {
            PartialDelivery::Forbidden
        };
    }

    /// Whether the content of a small message may leave before its envelope is answered.
    pub fn set_early_content(&mut self, allowed: bool) {
        self.early_content = if allowed {
            EarlyContent::Allowed
        } else {
            EarlyContent::Forbidden
        };
    }

    /// Closes a kept connection after it was idle for so long, or has carried so many messages.
    pub fn set_connection_limits(&mut self, idle: Option<Duration>, messages: Option<u32>) {
        self.limits = Limits { idle, messages };
    }

    /// The name that the server's certificate must have: a DNS name in ASCII, which SNI sends too (RFC 6066,
    /// section 3), or an IP address. By default the host.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if `name` is neither.
    pub fn set_server_name(&mut self, name: &str) -> Result<(), Error> {
        self.server_name = Some(ServerName::parse(name).map_err(Error::InvalidArgument)?);
        self.drop_kept();
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

    /// All of these sign each message that is sent whole (RFC 6376). Without any, none is signed.
    pub fn set_signers(&mut self, signers: Vec<Signer>) {
        self.signers = signers;
    }

    /// The most lines that are kept of this mailer's sessions; the oldest are dropped first. 0, the default,
    /// keeps none.
    pub fn set_transcript(&mut self, lines: usize) {
        self.transcript.set_limit(lines);
    }

    /// The kept lines, the oldest first. They are forgotten.
    pub fn take_transcript(&mut self) -> Vec<TranscriptLine> {
        self.transcript.take()
    }

    /// Delivers one message, over the kept connection if that is still good.
    pub async fn send(&mut self, message: &OutgoingMessage<'_>) -> Result<Receipt, Error> {
        single(self.send_all(core::slice::from_ref(message)).await)
    }

    /// Delivers messages one after the other; returns the outcome of each.
    pub async fn send_all(
        &mut self,
        messages: &[OutgoingMessage<'_>],
    ) -> Vec<Result<Receipt, Error>> {
        self.deliver(messages, AfterLast::StayOpen).await
    }

    /// Delivers one message and closes the connection: QUIT may leave with the end of the message.
    pub async fn send_last(mut self, message: &OutgoingMessage<'_>) -> Result<Receipt, Error> {
        let messages = core::slice::from_ref(message);
        let outcomes = self.deliver(messages, AfterLast::Quit).await;
        self.close().await;
        single(outcomes)
    }

    async fn deliver(
        &mut self,
        messages: &[OutgoingMessage<'_>],
        after_last: AfterLast,
    ) -> Vec<Result<Receipt, Error>> {
        let deadlines = self.start_call();
        let mut deliveries: Vec<Delivery> = messages.iter().map(Delivery::new).collect();
        let delivered = self.deliver_until_failure(&mut deliveries, &deadlines, after_last);
        let delivered = delivered.await;
        outcomes(deliveries, delivered.err())
    }

    /// Delivers messages over as many connections as that takes. An error is the same for all messages that are
    /// left: no connection can be made, or the server refuses the login.
    pub(crate) async fn deliver_until_failure(
        &mut self,
        queue: &mut dyn Queue<'_>,
        deadlines: &CallDeadlines<N>,
        after_last: AfterLast,
    ) -> Result<(), Error> {
        while first_left(queue).is_some() {
            self.deliver_over_one_connection(queue, deadlines, after_last)
                .await?;
        }
        Ok(())
    }

    /// Delivers as many messages as one connection takes: the kept one, or a new one. An error is the same for
    /// all messages that are left.
    async fn deliver_over_one_connection(
        &mut self,
        queue: &mut dyn Queue<'_>,
        deadlines: &CallDeadlines<N>,
        after_last: AfterLast,
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
        let sending = Sending::new(queue, freshness, after_last);
        let mut lease = connection.begin(deadlines.clone())?;
        let delivered = lease.deliver(sending).await;
        lease.release();
        self.return_connection(connection).await;
        delivered
    }

    /// Makes a message that `send` takes. With signers, it is signed now.
    pub fn outgoing_message<'a>(
        &self,
        sender: Option<&str>,
        recipients: &[String],
        content: &'a [u8],
        options: &'a Options,
    ) -> Result<OutgoingMessage<'a>, Error> {
        let envelope = Envelope::parse(sender, recipients, self.config.protocol)?;
        let (partial, early) = (self.partial_delivery, self.early_content);
        let mut message = OutgoingMessage::new(envelope, options, content, partial, early)?;
        if !self.signers.is_empty() {
            message.sign(&self.signers, N::unix_time().as_secs())?;
        }
        Ok(message)
    }

    /// Begins a message that is written piece by piece, in one transaction.
    pub async fn start_message(
        &mut self,
        sender: Option<&str>,
        recipients: &[String],
        options: &Options,
    ) -> Result<Message<N>, Error> {
        let deadlines = self.start_call();
        let envelope = self.streamed_envelope(sender, recipients, options)?;
        self.start_streamed(deadlines, &envelope, options).await
    }

    /// The envelope of a message that is written piece by piece.
    pub(crate) fn streamed_envelope(
        &self,
        sender: Option<&str>,
        recipients: &[String],
        options: &Options,
    ) -> Result<Envelope, Error> {
        if !self.signers.is_empty() {
            let why = "the mailer signs messages, but the signature of a message in pieces would leave \
                       before its body is known: send it whole, or end signing with set-signers";
            return Err(Error::InvalidArgument(why.into()));
        }
        let envelope = Envelope::parse(sender, recipients, self.config.protocol)?;
        options.check_recipients(&envelope.recipients)?;
        Ok(envelope)
    }

    /// In a call that has begun.
    pub(crate) async fn start_streamed(
        &mut self,
        deadlines: CallDeadlines<N>,
        envelope: &Envelope,
        options: &Options,
    ) -> Result<Message<N>, Error> {
        let connection = self.start_over_kept(deadlines, envelope, options).await?;
        Ok(Message::new(connection))
    }

    /// Sends a composed message. If contents are streamed, they are read while the message is sent, in constant
    /// memory and in one transaction; `sources` has them in the order of attaching.
    pub async fn send_composed<S>(
        &mut self,
        composed: &Composed,
        sources: &[S],
        options: &Options,
    ) -> Result<Receipt, Error>
    where
        for<'a> &'a S: Source,
    {
        let (sender, recipients) = (composed.return_path.as_deref(), &composed.recipients);
        if let Some(message) = composed.message() {
            let message = self.outgoing_message(sender, recipients, message, options)?;
            return self.send(&message).await;
        }
        let options = streamed_options(composed, options);
        let mut message = self.start_message(sender, recipients, &options).await?;
        message.write_pieces(&composed.pieces, sources).await?;
        message.finish().await
    }

    /// Opens a session of the caller's own: greeted, secured, and authenticated if credentials are set.
    pub async fn connect(&mut self) -> Result<Client<N>, Error> {
        self.open_client(ConnectUntil::Ready).await
    }

    /// Opens a session of the caller's own, and only reads the greeting, over TLS if that is implicit.
    pub async fn dial(&mut self) -> Result<Client<N>, Error> {
        self.open_client(ConnectUntil::Greeting).await
    }

    /// Opens a session over a connection that the caller has made.
    pub async fn attach(&mut self, stream: N::Stream) -> Result<Client<N>, Error> {
        let deadlines = self.start_call();
        let config = Rc::new(self.connect_config()?);
        let connection = Connection::attach(stream, config, deadlines, &self.transcript).await?;
        Client::new(self.network.clone(), connection, self.timeouts.clone())
    }

    /// Another mailer with the same settings, which shares what is known of the server and its TLS sessions.
    #[cfg(feature = "pool")]
    pub(crate) fn fork(&mut self) -> Self {
        // Without settings, the fork says why.
        let _ = self.tls_settings();
        Self {
            network: self.network.clone(),
            config: self.config.clone(),
            server_name: self.server_name.clone(),
            policy: self.policy.clone(),
            timeouts: self.timeouts.clone(),
            partial_delivery: self.partial_delivery,
            early_content: self.early_content,
            limits: self.limits,
            signers: self.signers.clone(),
            transcript: self.transcript.clone(),
            tls: self.tls.clone(),
            kept: None,
            epoch: self.epoch,
            memory: self.memory.clone(),
        }
    }

    /// Equal as long as a connection that was opened before fits the settings.
    #[cfg(feature = "pool")]
    pub(crate) fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Keeps a connection of another mailer for the next message.
    #[cfg(feature = "pool")]
    pub(crate) fn keep(&mut self, connection: SharedConnection<N>) {
        self.kept = Some(connection);
    }

    /// The connection that is kept for the next message.
    #[cfg(feature = "pool")]
    pub(crate) fn take_connection(&mut self) -> Option<SharedConnection<N>> {
        self.kept.take()
    }

    /// Sends QUIT if a connection is kept.
    pub async fn close(&mut self) {
        if let Some(kept) = self.kept.take() {
            kept.quit().await;
        }
    }

    async fn open_client(&mut self, until: ConnectUntil) -> Result<Client<N>, Error> {
        let deadlines = self.start_call();
        let connection = self.open(until, deadlines).await?;
        Client::new(self.network.clone(), connection, self.timeouts.clone())
    }

    pub(crate) fn start_call(&self) -> CallDeadlines<N> {
        CallDeadlines::start(&self.network, &self.timeouts)
    }

    /// Starts the message on the kept connection. If that one is closed, retries once on a new one.
    async fn start_over_kept(
        &mut self,
        deadlines: CallDeadlines<N>,
        envelope: &Envelope,
        options: &Options,
    ) -> Result<SharedConnection<N>, Error> {
        if let Some(kept) = self.take_kept().await {
            let mut lease = kept.begin(deadlines.clone())?;
            let result = lease.start(envelope, options, self.partial_delivery).await;
            lease.release();
            match result {
                Err(error) if is_connection_dead(&error) => kept.abort(),
                result => {
                    self.return_connection(kept.clone()).await;
                    return result.map(|()| kept);
                }
            }
        }
        loop {
            let connection = self.open_for_message(deadlines.clone()).await?;
            let mut lease = connection.resume()?;
            let result = lease.start(envelope, options, self.partial_delivery).await;
            let is_lost = lease.has_lost_envelope();
            lease.release();
            // This happens once: over the next connection AUTH leaves alone.
            if !is_lost {
                self.return_connection(connection.clone()).await;
                return result.map(|()| connection);
            }
        }
    }

    /// Whether the connection has reached the limits of kept ones, or has ended.
    pub(crate) fn is_used_up(&self, connection: &SharedConnection<N>) -> bool {
        connection.with(|connection| self.limits.are_reached(connection)) != Some(false)
    }

    /// Takes the kept connection if it may still be used.
    async fn take_kept(&mut self) -> Option<SharedConnection<N>> {
        let kept = self.kept.take().filter(SharedConnection::is_good)?;
        if !self.is_used_up(&kept) {
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
        let connection = self.open(ConnectUntil::FirstMessage, deadlines).await?;
        Ok(SharedConnection::new(connection))
    }

    async fn open(
        &mut self,
        until: ConnectUntil,
        deadlines: CallDeadlines<N>,
    ) -> Result<Connection<N>, Error> {
        self.check_credentials()?;
        let config = Rc::new(self.connect_config()?);
        Connection::open(config, until, deadlines, &self.transcript).await
    }

    fn connect_config(&mut self) -> Result<ConnectConfig, Error> {
        let host = host_name(&self.config.host)?;
        let server_name = self.server_name.clone();
        Ok(ConnectConfig {
            server: self.config.clone(),
            server_name: server_name.map_or_else(|| ServerName::parse(&host), Ok),
            host,
            tls: self.tls_settings()?,
            memory: self.memory.clone(),
        })
    }

    fn config_mut(&mut self) -> &mut ServerConfig {
        Rc::make_mut(&mut self.config)
    }

    fn tls_settings(&mut self) -> Result<tls::Settings, Error> {
        if let Some(settings) = &self.tls {
            return Ok(settings.clone());
        }
        let settings = tls::Settings::new::<Platform<N>>(&self.policy).map_err(tls_failed)?;
        Ok(self.tls.insert(settings).clone())
    }

    #[cfg(feature = "pool")]
    pub(crate) fn logs_in(&self) -> bool {
        self.config.credentials.is_some()
    }

    /// Refuses credentials that no mechanism can carry.
    fn check_credentials(&self) -> Result<(), Error> {
        let credentials = self.config.credentials.as_ref();
        credentials.map_or(Ok(()), |credentials| {
            let checked = credentials.check();
            checked.map_err(|why| Error::InvalidArgument(why.to_string()))
        })
    }

    fn drop_kept(&mut self) {
        self.kept = None;
        self.epoch = self.epoch.wrapping_add(1);
    }

    /// Another port may be another server, with other limits and faults.
    fn forget_server(&mut self) {
        self.drop_kept();
        self.memory = ServerMemory::default();
    }

    /// For another user, or another choice of mechanisms, another mechanism may work.
    fn forget_login(&mut self) {
        self.drop_kept();
        self.memory.forget_mechanism();
    }

    /// Another TLS connection has another channel binding too.
    fn forget_tls(&mut self) {
        self.tls = None;
        self.forget_login();
    }
}

/// The options of a composed message whose contents are streamed.
pub(crate) fn streamed_options(composed: &Composed, options: &Options) -> Options {
    let mut options = options.clone();
    // MAIL leaves before the header. Nothing but a mailbox in it can be UTF-8.
    let is_utf8 = |piece: &Piece| matches!(piece, Piece::Octets(octets) if !octets.is_ascii());
    if composed.pieces.first().is_some_and(is_utf8) {
        options.set_smtputf8(true);
    }
    options
}

/// The outcome of each message; `failure` is that of those that are not done.
pub(crate) fn outcomes(
    deliveries: Vec<Delivery<'_>>,
    failure: Option<Error>,
) -> Vec<Result<Receipt, Error>> {
    let outcome = |mut delivery: Delivery<'_>| {
        if let Some(error) = &failure
            && !delivery.job.is_done()
        {
            delivery.job.give_up(error);
        }
        delivery.job.outcome()
    };
    deliveries.into_iter().map(outcome).collect()
}

pub(crate) fn single(mut outcomes: Vec<Result<Receipt, Error>>) -> Result<Receipt, Error> {
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

impl<N: Network> tls::Platform for Platform<N> {
    fn random(buffer: &mut [u8]) -> Result<(), tls::NoRandomness> {
        N::random(buffer).map_err(|net::NoRandomness| tls::NoRandomness)
    }

    fn unix_time() -> Duration {
        N::unix_time()
    }
}

//! Whole messages: where and how to send, and the connection kept between them.

use core::net::IpAddr;
use core::time::Duration;
use std::rc::Rc;

use crate::client::Client;
use crate::connection::{
    Clock, Connection, Delivery, Freshness, Letter, Target, is_gone, tls_failed,
};
use crate::handle::Handle;
use crate::message::Message;
use crate::net::{self, InputStream, OutputStream, Socket};
use crate::sasl::{Credentials, Mechanism};
use crate::smtp::delivery::Content;
use crate::smtp::envelope::{Envelope, Receipt};
use crate::smtp::error::{Error, Phase};
use crate::smtp::idn::to_ascii_host;
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

/// Longest host name (RFC 1035, section 2.3.4).
const MAX_HOST: usize = 253;

/// What parts the labels of a name (UTS 46, section 2.3).
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

/// When a kept connection is given up.
#[derive(Clone, Copy, Default)]
struct Limits {
    idle: Option<Duration>,
    messages: Option<u32>,
}

impl Limits {
    fn are_reached(self, connection: &Connection) -> bool {
        let carried = connection.session().transactions();
        self.messages.is_some_and(|limit| carried >= limit)
            || self.idle.is_some_and(|limit| connection.idle() >= limit)
    }
}

/// Where and how to send; keeps a connection between messages.
pub struct Mailer {
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
    /// Kept because sessions resume from it.
    tls: Option<tls::Settings>,
    kept: Option<Handle>,
    memory: ServerMemory,
}

impl Mailer {
    /// STARTTLS on port 587 until told otherwise.
    pub fn new(host: String) -> Self {
        Self {
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

    pub fn from_url(url: &str) -> Result<Self, Error> {
        let url = ServerUrl::parse(url).map_err(Error::InvalidArgument)?;
        let mailer = Self {
            port: url.port,
            security: url.security,
            credentials: url.credentials.map(Credentials::from),
            ..Self::new(url.host)
        };
        host_name(&mailer.host)?;
        mailer.check_credentials()?;
        Ok(mailer)
    }

    /// None sets that of the security again.
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

    /// Whether PLAIN or LOGIN may follow a proof of the password that was refused.
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

    /// Whether a message leaves by BDAT where the server offers CHUNKING; by DATA otherwise.
    pub fn set_chunking(&mut self, allowed: bool) {
        self.may_chunk = allowed;
        self.kept = None;
    }

    pub fn set_local_name(&mut self, name: &str) -> Result<(), Error> {
        self.local_name = Some(LocalName::parse(name).map_err(Error::InvalidArgument)?);
        self.kept = None;
        Ok(())
    }

    /// None sets the default again.
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

    /// After how long without use, and how many messages, a kept connection is given up; none: never.
    pub fn set_connection_limits(&mut self, idle: Option<Duration>, messages: Option<u32>) {
        self.limits = Limits { idle, messages };
    }

    pub fn set_server_name(&mut self, name: &str) -> Result<(), Error> {
        self.server_name = Some(ServerName::parse(name).map_err(Error::InvalidArgument)?);
        self.kept = None;
        Ok(())
    }

    /// Whether Mozilla's roots are trusted, besides those that were added.
    pub fn set_bundled_roots(&mut self, trusted: bool) {
        self.policy.trust.use_bundled(trusted);
        self.forget_tls();
    }

    /// PEM or DER; all or none.
    pub fn add_trust_anchors(&mut self, certificates: &[u8]) -> Result<(), Error> {
        self.policy
            .trust
            .add(certificates)
            .map_err(Error::InvalidArgument)?;
        self.forget_tls();
        Ok(())
    }

    /// In PEM or DER; both empty: none any more.
    pub fn set_client_certificate(&mut self, chain: &[u8], key: &[u8]) -> Result<(), Error> {
        let identity = match chain.is_empty() && key.is_empty() {
            true => None,
            false => Some(Identity::new::<WasiHost>(chain, key).map_err(Error::InvalidArgument)?),
        };
        self.policy.identity = identity;
        self.forget_tls();
        Ok(())
    }

    /// Whether TLS 1.2 is not good enough.
    pub fn set_only_tls13(&mut self, only: bool) {
        self.policy.only_tls13 = only;
        self.forget_tls();
    }

    /// SHA-256 digests of SubjectPublicKeyInfos; with none, any valid certificate will do.
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
    pub fn send(&mut self, letter: &Letter) -> Result<Receipt, Error> {
        only(self.send_all(core::slice::from_ref(letter)))
    }

    /// Delivers messages one after the other; an outcome each.
    pub fn send_all(&mut self, letters: &[Letter]) -> Vec<Result<Receipt, Error>> {
        self.send_letters(letters, false)
    }

    /// Delivers one message, and no other: QUIT leaves with its end.
    pub fn send_last(mut self, letter: &Letter) -> Result<Receipt, Error> {
        let outcomes = self.send_letters(core::slice::from_ref(letter), true);
        self.close();
        only(outcomes)
    }

    fn send_letters(&mut self, letters: &[Letter], quits: bool) -> Vec<Result<Receipt, Error>> {
        let clock = Clock::start(&self.timeouts);
        let mut messages: Vec<Delivery> = letters.iter().map(Delivery::new).collect();
        let mut rest = &mut messages[..];
        while let Some(first) = rest.iter().position(|message| !message.job.is_done()) {
            rest = &mut rest[first..];
            if let Err(error) = self.send_over_one_connection(rest, &clock, quits) {
                rest.iter_mut()
                    .for_each(|message| message.job.give_up(&error));
            }
        }
        let outcomes = messages.into_iter().map(|message| message.job.outcome());
        outcomes.collect()
    }

    /// As far as one connection goes: the kept one, or a new one. An error is the same for all messages that
    /// are left.
    fn send_over_one_connection(
        &mut self,
        messages: &mut [Delivery],
        clock: &Clock,
        quits: bool,
    ) -> Result<(), Error> {
        let (connection, freshness) = match self.take_kept() {
            Some(kept) => (kept, Freshness::Kept),
            None if clock.is_over() => return Err(Error::Timeout(Phase::Connect, Timeout::Total)),
            None => (self.open_for_message(clock.clone())?, Freshness::New),
        };
        let sent = connection.call(clock.clone(), |connection| {
            connection.send_all(messages, freshness, quits)
        });
        self.keep(connection);
        sent
    }

    /// A message as `send` takes it.
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

    /// Delivers one message that is written piece by piece, in one transaction.
    pub fn start_message(
        &mut self,
        sender: Option<&str>,
        recipients: &[String],
        options: &Options,
    ) -> Result<Message, Error> {
        let envelope = Envelope::parse(sender, recipients, self.dialect)?;
        options.expect_among(&envelope.recipients)?;
        let partial = self.partial;
        let start = |connection: &mut Connection| {
            connection.start(envelope.clone(), options, Content::Pieces, partial)
        };
        Ok(Message::new(self.start_over_kept(start)?))
    }

    /// A session of the caller's own: greeted, secured, and authenticated where credentials are set.
    pub fn connect(&mut self) -> Result<Client, Error> {
        let clock = Clock::start(&self.timeouts);
        Client::new(self.open(Goal::Ready, clock)?, self.timeouts.clone())
    }

    /// A session of which only the TCP connection (and implicit TLS) stands, greeting read.
    pub fn dial(&mut self) -> Result<Client, Error> {
        let clock = Clock::start(&self.timeouts);
        Client::new(self.open(Goal::Greeting, clock)?, self.timeouts.clone())
    }

    /// A session over a connection of the caller's own.
    pub fn attach(&mut self, input: InputStream, output: OutputStream) -> Result<Client, Error> {
        let clock = Clock::start(&self.timeouts);
        let socket = Socket::over(input, output);
        let target = Rc::new(self.target()?);
        let connection = Connection::attach(socket, target, clock, &self.transcript)?;
        Client::new(connection, self.timeouts.clone())
    }

    /// Says QUIT, where a connection is kept.
    pub fn close(&mut self) {
        if let Some(kept) = self.kept.take() {
            kept.quit();
        }
    }

    /// Begins a message over the kept connection, and where that turns out to be gone, once more
    /// over a new one.
    fn start_over_kept(
        &mut self,
        begin: impl Fn(&mut Connection) -> Result<(), Error>,
    ) -> Result<Handle, Error> {
        let clock = Clock::start(&self.timeouts);
        if let Some(kept) = self.take_kept() {
            match kept.call(clock.clone(), &begin) {
                Err(error) if is_gone(&error) => kept.cut(),
                result => {
                    self.keep(kept.clone());
                    return result.map(|()| kept);
                }
            }
        }
        loop {
            let connection = self.open_for_message(clock.clone())?;
            let mut is_lost = false;
            let result = connection.go_on(|connection| {
                let result = begin(connection);
                is_lost = connection.has_lost_envelope();
                result
            });
            // Only once: AUTH leaves alone over the next.
            if !is_lost {
                self.keep(connection.clone());
                return result.map(|()| connection);
            }
        }
    }

    /// The kept connection, where it may be used still.
    fn take_kept(&mut self) -> Option<Handle> {
        let kept = self.kept.take().filter(Handle::is_good)?;
        let used_up = kept.look(|connection| self.limits.are_reached(connection));
        match used_up {
            Some(false) => Some(kept),
            _ => {
                kept.quit();
                None
            }
        }
    }

    /// For the next message, unless the server is still to learn who we are.
    fn keep(&mut self, connection: Handle) {
        match connection.look(Connection::is_unauthenticated) {
            Some(true) => connection.quit(),
            _ => self.kept = Some(connection),
        }
    }

    fn open_for_message(&mut self, clock: Clock) -> Result<Handle, Error> {
        Ok(Handle::new(self.open(Goal::Message, clock)?))
    }

    fn open(&mut self, goal: Goal, clock: Clock) -> Result<Connection, Error> {
        self.check_credentials()?;
        let target = Rc::new(self.target()?);
        Connection::open(target, goal, clock, &self.transcript)
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
        let settings = tls::Settings::new::<WasiHost>(&self.policy).map_err(tls_failed)?;
        Ok(self.tls.insert(settings).clone())
    }

    /// What no mechanism can carry is found before anything is sent.
    fn check_credentials(&self) -> Result<(), Error> {
        let credentials = self.credentials.as_ref();
        credentials.map_or(Ok(()), |c| c.check().map_err(Error::InvalidArgument))
    }

    /// Another port is another server, which has other limits and faults.
    fn forget_server(&mut self) {
        self.kept = None;
        self.memory = ServerMemory::default();
    }

    /// Another user, or another choice of mechanisms, may have another that works.
    fn forget_login(&mut self) {
        self.kept = None;
        self.memory.forget_mechanism();
    }

    /// Another TLS connection has another channel binding, too.
    fn forget_tls(&mut self) {
        self.tls = None;
        self.forget_login();
    }
}

fn only(mut outcomes: Vec<Result<Receipt, Error>>) -> Result<Receipt, Error> {
    let none = || Err(Error::Other("the message has no outcome".into()));
    outcomes.pop().unwrap_or_else(none)
}

/// Where TLS has its randomness and time from.
#[derive(Debug)]
struct WasiHost;

impl tls::Platform for WasiHost {
    fn random(buffer: &mut [u8]) -> Result<(), tls::NoRandomness> {
        net::random(buffer).map_err(|net::NoRandomness| tls::NoRandomness)
    }

    fn unix_time() -> Duration {
        net::unix_time()
    }
}

/// Relays, rather than submission servers, are spoken to without TLS.
fn default_port(security: Security) -> u16 {
    match security {
        Security::ImplicitTls => 465,
        Security::StartTls | Security::StartTlsUnlessLoopback => 587,
        Security::Opportunistic | Security::Plaintext => 25,
    }
}

/// As it is looked up and verified: in ASCII, and without the dot that only says that the name is
/// complete.
fn host_name(host: &str) -> Result<String, Error> {
    let relative = host.strip_suffix(DOTS).unwrap_or(host);
    check_host(relative)?;
    to_ascii_host(relative).map_err(Error::InvalidArgument)
}

fn check_host(host: &str) -> Result<(), Error> {
    let hint = if host.is_empty() || host.len() > MAX_HOST {
        "a name has 1 to 253 octets"
    } else if host
        .bytes()
        .any(|b| b.is_ascii_control() || b" /@[]".contains(&b))
        || host.contains(':') && host.parse::<IpAddr>().is_err()
    {
        "give a DNS name or an IP address, without port, brackets or spaces"
    } else {
        return Ok(());
    };
    Err(Error::InvalidArgument(format!(
        "host {:?} cannot be looked up: {hint}",
        host.chars().take(60).collect::<String>()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_looked_up_without_its_last_dot() {
        for (host, name) in [
            ("mail.example.org", "mail.example.org"),
            ("mail.example.org.", "mail.example.org"),
            ("localhost.", "localhost"),
            ("my_host.example.", "my_host.example"),
            ("127.0.0.1", "127.0.0.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("bücher.example.", "xn--bcher-kva.example"),
            ("例。テスト。", "xn--fsq.xn--zckzah"),
        ] {
            let found = host_name(host).unwrap();
            assert_eq!(found, name);
            assert_eq!(ServerName::parse(&found).unwrap().to_string(), name);
        }
        let long = format!("{}.", "a".repeat(MAX_HOST));
        assert!(host_name(&long).is_ok());
    }

    #[test]
    fn what_cannot_be_looked_up_is_refused() {
        for host in [
            "",
            ".",
            "a b",
            "a\r\n",
            "[::1]",
            "mail:25",
            "user@mail",
            &"a".repeat(MAX_HOST + 1),
        ] {
            let error = host_name(host).unwrap_err();
            assert!(
                matches!(error, Error::InvalidArgument(_)),
                "{host}: {error}"
            );
        }
    }
}

//! The driver: the only loop that moves bytes between the protocol core, TLS and the network.
//!
//! ```text
//!   Session <--plaintext--> Tls <--ciphertext--> Stream
//! ```

mod deadlines;
mod open;
mod operations;

use core::time::Duration;
use std::rc::Rc;

use crate::net::{self, Deadline, Interest, Network, NoRandomness, Read, Stream};
use crate::sasl::{ChannelBinding, MAX_ATTEMPTS, Nonce};
use crate::smtp::config::{ConnectUntil, Security, ServerConfig, SessionConfig};
use crate::smtp::error::{Error, Phase};
use crate::smtp::local_name::LocalName;
use crate::smtp::outgoing::{Outgoing, Output};
use crate::smtp::server_memory::ServerMemory;
use crate::smtp::session::{Action, Session};
use crate::smtp::transcript::Speaker;
use crate::timeouts::{PIPELINED_REPLY, Timeout, Timeouts};
use crate::tls::{self, ServerName, Tls};
use crate::transcript::Transcript;

pub(crate) use deadlines::CallDeadlines;
pub(crate) use open::tls_failed;
pub(crate) use operations::Command;

/// How long to wait at most for the last reply over a broken connection. A connection to a server brings that,
/// or its end, at once.
const DISCONNECT_REASON: Duration = Duration::from_secs(1);

/// The server to connect to, and how. The mailer's connections share it.
pub(crate) struct ConnectConfig {
    pub server: Rc<ServerConfig>,
    /// The host's name in ASCII, or its address.
    pub host: String,
    /// The name that the certificate must have, if TLS is used.
    pub server_name: Result<ServerName, String>,
    pub tls: tls::Settings,
    /// What earlier connections have learned of the server.
    pub memory: ServerMemory,
}

impl ConnectConfig {
    fn session<N: Network>(
        &self,
        until: ConnectUntil,
        local_name: Option<LocalName>,
        is_loopback: bool,
    ) -> Result<SessionConfig, Error> {
        Ok(SessionConfig {
            server: self.server.clone(),
            host: self.host.clone(),
            local_name: self.server.local_name.clone().or(local_name),
            is_loopback,
            until,
            nonces: match &self.server.credentials {
                Some(_) => nonces::<N>()?,
                None => Default::default(),
            },
            memory: self.memory.clone(),
        })
    }
}

/// One connection to a server, and the session over it.
pub(crate) struct Connection<N: Network> {
    session: Session,
    tls: Option<Tls>,
    /// Made while the reply to STARTTLS is on its way.
    client_hello: Option<Tls>,
    stream: N::Stream,
    /// A part of a message, encrypted if TLS is on, that is too short for a write of its own.
    held_back: Outgoing,
    config: Rc<ConnectConfig>,
    deadlines: CallDeadlines<N>,
    transcript: Transcript,
    /// When the driver last waited for a reply.
    used: Duration,
    /// When the driver gives up on replies that may never come.
    overdue: Option<Deadline>,
}

impl<N: Network> Connection<N> {
    /// Connects, and goes on until `until` is reached.
    pub(crate) async fn open(
        config: Rc<ConnectConfig>,
        until: ConnectUntil,
        deadlines: CallDeadlines<N>,
        transcript: &Transcript,
    ) -> Result<Self, Error> {
        let (stream, ip) = open::connect(&config, &deadlines, transcript).await?;
        config.memory.learn_address_family(ip.is_ipv6());
        let local_name = stream.local_ip().map(LocalName::literal);
        let session = config.session::<N>(until, local_name, ip.is_loopback())?;
        Self::over(stream, config, session, deadlines, transcript).await
    }

    /// Takes a connection that the caller has made, which may lead anywhere.
    pub(crate) async fn attach(
        stream: N::Stream,
        config: Rc<ConnectConfig>,
        deadlines: CallDeadlines<N>,
        transcript: &Transcript,
    ) -> Result<Self, Error> {
        let session = config.session::<N>(ConnectUntil::Greeting, None, false)?;
        Self::over(stream, config, session, deadlines, transcript).await
    }

    async fn over(
        stream: N::Stream,
        config: Rc<ConnectConfig>,
        session: SessionConfig,
        deadlines: CallDeadlines<N>,
        transcript: &Transcript,
    ) -> Result<Self, Error> {
        let mut connection = Self {
            session: Session::new(session),
            tls: None,
            client_hello: None,
            stream,
            held_back: Outgoing::default(),
            config,
            deadlines,
            transcript: transcript.clone(),
            used: Duration::ZERO,
            overdue: None,
        };
        connection
            .session
            .transcript()
            .set_enabled(transcript.is_wanted());
        match connection.greet().await {
            Ok(()) => Ok(connection),
            Err(error) => {
                connection.quit().await;
                Err(error)
            }
        }
    }

    async fn greet(&mut self) -> Result<(), Error> {
        if self.config.server.security == Security::ImplicitTls {
            self.secure().await?;
        }
        self.run().await
    }

    /// Whether another message may be sent: the server takes more, and has not closed the connection, as far
    /// as that shows without a round trip.
    pub(crate) fn is_alive(&mut self) -> bool {
        loop {
            match self.stream.try_read() {
                Read::Nothing => {
                    return self.session.is_open()
                        && self.session.takes_more()
                        && !self.session.has_unsolicited();
                }
                Read::End | Read::Broken => return false,
                Read::Bytes(bytes) => {
                    // The server may go on without end.
                    if self.ingest(&bytes).is_err() || self.session.has_unsolicited() {
                        return false;
                    }
                }
            }
        }
    }

    /// How long the connection has not been used.
    pub(crate) fn idle(&self) -> Duration {
        self.deadlines.network.now().saturating_sub(self.used)
    }

    /// Whether another command may be sent.
    pub(crate) fn is_open(&self) -> bool {
        self.session.is_open()
    }

    /// Whether AUTH has still to be sent.
    pub(crate) fn is_unauthenticated(&self) -> bool {
        self.session.is_unauthenticated()
    }

    /// Whether the server lost an envelope that was pipelined after AUTH, and there is time to send the
    /// message once more over a new connection.
    pub(crate) fn has_lost_envelope(&self) -> bool {
        self.session.has_lost_envelope() && !self.deadlines.is_over()
    }

    // --- the loop -----------------------------------------------------------------------------

    /// Runs the session until the requested operation is complete.
    async fn run(&mut self) -> Result<(), Error> {
        let result = self.run_session().await;
        self.conclude(result)
    }

    /// Writes the transcript. After an error that leaves the server's state unknown, the session ends.
    fn conclude<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        let result = result.map_err(|error| self.session.fail(error));
        self.flush_transcript();
        result
    }

    async fn run_session(&mut self) -> Result<(), Error> {
        loop {
            match self.session.next_action()? {
                Action::NeedReply => self.await_reply().await?,
                Action::NeedTls => self.secure().await?,
                Action::Idle => return Ok(()),
            }
        }
    }

    async fn await_reply(&mut self) -> Result<(), Error> {
        self.flush_transcript();
        self.flush().await?;
        self.used = self.deadlines.network.now();
        let deadline = self.reply_deadline().or(self.deadlines.total);
        if self.session.phase() == Phase::StartTls && self.client_hello.is_none() {
            // An error shows again when the ClientHello is needed.
            self.client_hello = open::client_hello(&self.config).ok();
        }
        while !self.session.has_reply() {
            self.fill(deadline).await?;
        }
        Ok(())
    }

    /// The deadline of the reply that is awaited from now on. Replies that may never come share a short one.
    fn reply_deadline(&mut self) -> Deadline {
        let limit = self.deadlines.timeouts.reply(self.session.phase());
        if !self.session.may_wait_in_vain() {
            self.overdue = None;
            return Deadline::at(self.used.saturating_add(limit));
        }
        let limit = limit.min(PIPELINED_REPLY);
        let overdue = Deadline::at(self.used.saturating_add(limit));
        *self.overdue.get_or_insert(overdue)
    }

    /// Writes all that is outgoing, and reads meanwhile: a server may stop reading until its replies are read.
    async fn flush(&mut self) -> Result<(), Error> {
        self.write_out(1).await
    }

    /// Writes full blocks in the middle of a message. A small rest would be a segment of its own, and the next
    /// one would wait for its acknowledgement if the host leaves Nagle's algorithm on (RFC 1122, section
    /// 4.2.3.4), as wasmtime (48) does.
    async fn push(&mut self) -> Result<(), Error> {
        self.write_out(operations::BLOCK).await
    }

    /// Writes the outgoing octets. Keeps a remainder shorter than `least` for the next call, unless the network
    /// takes even less at once.
    async fn write_out(&mut self, least: usize) -> Result<(), Error> {
        let mut bytes = std::mem::take(&mut self.held_back);
        let Output {
            mut first,
            mut after_message,
        } = self.session.take_output();
        if self.tls.is_some() {
            // The record that ends the message is of no use to the server before all of it is there. Its rest
            // is filled: a server that reads record by record, as Postfix (3.10) does, would answer a further
            // one in a segment of its own, which waits 40 ms for an acknowledgement (Nagle's algorithm).
            let beyond = after_message.split_off(tls::room_in_last_record(first.len()));
            first.join(std::mem::replace(&mut after_message, beyond));
        }
        bytes.join(self.seal(first)?);
        let after_message = self.seal(after_message)?;
        let behind = after_message.len();
        bytes.join(after_message);
        let mut left = &bytes[..];
        while !left.is_empty() {
            let permitted = match self.writable_bytes().await {
                Ok(octets) => octets,
                Err(error) => {
                    // The server has a part of a command or block: nothing else can follow.
                    let error = self.session.fail(error);
                    self.session.close();
                    return Err(error);
                }
            };
            if left.len() < permitted.min(least) {
                break;
            }
            let (piece, rest) = left.split_at(permitted.min(left.len()));
            if rest.len() <= behind {
                self.session.mark_message_sent();
            }
            if self.stream.write(piece).is_err() {
                return Err(self.disconnect_reason().await);
            }
            left = rest;
        }
        self.held_back = bytes.last(left.len());
        Ok(())
    }

    /// Encrypts what is to be written, if TLS is on.
    fn seal(&mut self, plaintext: Outgoing) -> Result<Outgoing, Error> {
        let phase = self.session.phase();
        let Some(tls) = &mut self.tls else {
            return Ok(plaintext);
        };
        // The end of the handshake, and an answer to a key update, leave before it.
        let mut sealed = Outgoing::from(std::mem::take(tls.outgoing()));
        if !plaintext.is_empty() {
            let records = tls.seal(&plaintext);
            let records = records.map_err(|e| Error::Protocol(phase, e.to_string()))?;
            sealed.join(records.into());
        }
        Ok(sealed)
    }

    /// Waits until something can be written; returns how many octets, at least one.
    async fn writable_bytes(&mut self) -> Result<usize, Error> {
        let mut deadline = None;
        loop {
            match self.stream.writable_bytes() {
                Ok(0) => {
                    // Mostly there is no wait, so the clock is read only before the first.
                    let limit = self.deadlines.timeouts.block;
                    let deadline = *deadline.get_or_insert_with(|| self.deadlines.limit(limit));
                    // A host may say again and again that octets can be written, and permit none.
                    if deadline.has_passed(&self.deadlines.network) {
                        return Err(self.failed(net::Error::TimedOut, Timeout::Block));
                    }
                    let waited = self.stream.wait(Interest::ReadOrWrite, deadline).await;
                    waited.map_err(|e| self.failed(e, Timeout::Block))?;
                }
                Ok(octets) => return Ok(octets),
                Err(_) => return Err(self.disconnect_reason().await),
            }
            self.read_meanwhile().await?;
        }
    }

    /// Reads without waiting. In the middle of the message any reply ends it.
    async fn read_meanwhile(&mut self) -> Result<(), Error> {
        match self.stream.try_read() {
            Read::Nothing => {}
            Read::Bytes(bytes) => self.ingest(&bytes)?,
            Read::End | Read::Broken => return Err(self.disconnect_reason().await),
        }
        match self.session.phase() {
            Phase::Content => self.session.process_pending_replies(),
            _ => Ok(()),
        }
    }

    /// Reads once, and waits for it until `deadline`.
    async fn fill(&mut self, deadline: Deadline) -> Result<(), Error> {
        let network = &self.deadlines.network;
        let read = net::read_something(network, &mut self.stream, deadline).await;
        let limit = Timeouts::of_reply(self.session.phase());
        match read.map_err(|e| self.failed(e, limit))? {
            Read::Nothing => Ok(()),
            Read::Bytes(bytes) => self.ingest(&bytes),
            Read::End | Read::Broken => Err(Error::Disconnected(self.session.phase())),
        }
    }

    /// Hands received octets to the session, decrypted if TLS is on.
    fn ingest(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Some(tls) = &mut self.tls else {
            return self.session.receive(bytes);
        };
        let phase = self.session.phase();
        tls.receive(bytes).map_err(|error| match phase {
            // In TLS 1.3 the client is done before the server has looked at its certificate.
            Phase::Greeting | Phase::Hello => tls_failed(error),
            _ => Error::Protocol(phase, error.to_string()),
        })?;
        let plaintext = std::mem::take(tls.plaintext());
        let closed = tls.is_closed();
        self.session.receive(&plaintext)?;
        if closed && !self.session.has_reply() {
            return Err(Error::Disconnected(phase));
        }
        Ok(())
    }

    /// Starts TLS. The last flight of the handshake leaves with the first command.
    async fn secure(&mut self) -> Result<(), Error> {
        let hello = self.client_hello.take();
        let secured = match hello.map_or_else(|| open::client_hello(&self.config), Ok) {
            Ok(tls) => open::handshake(&mut self.stream, tls, &self.deadlines).await,
            Err(error) => Err(error),
        };
        match secured {
            Ok(tls) => {
                self.note(tls.state().to_string());
                let binding = tls.channel_binding().map(binding);
                self.tls = Some(tls);
                self.session.secured(binding)?;
                // The server's greeting may have come with the end of its handshake.
                self.ingest(&[])
            }
            Err(error) => {
                self.note("the TLS handshake failed".into());
                self.session.close();
                Err(error)
            }
        }
    }

    fn note(&self, event: String) {
        let now = || self.deadlines.network.now();
        self.transcript.add(now, Speaker::Event, event);
    }

    fn flush_transcript(&mut self) {
        for (speaker, text) in self.session.transcript().take() {
            let now = || self.deadlines.network.now();
            self.transcript.add(now, speaker, text);
        }
    }

    // --- errors -------------------------------------------------------------------------------

    /// The error of a broken connection. The server may have said why before it closed. That has arrived before
    /// its end has, but a host may know from a write that the connection is broken, and not yet that there is
    /// something to read.
    async fn disconnect_reason(&mut self) -> Error {
        let phase = self.session.phase();
        let deadline = self.deadlines.limit(DISCONNECT_REASON);
        loop {
            let network = &self.deadlines.network;
            match net::read_something(network, &mut self.stream, deadline).await {
                Ok(Read::Bytes(bytes)) if self.ingest(&bytes).is_ok() => {}
                _ => break,
            }
        }
        let heard = match phase {
            Phase::Content => self.session.process_pending_replies(),
            _ if self.session.has_reply() => self.session.next_action().map(drop),
            _ => Ok(()),
        };
        heard.err().unwrap_or(Error::Disconnected(phase))
    }

    /// The error of a wait that `limit` or the total bounds.
    fn failed(&mut self, error: net::Error, limit: Timeout) -> Error {
        let phase = self.session.phase();
        match error {
            net::Error::TimedOut => self.deadlines.timed_out(phase, limit),
            _ => Error::Disconnected(phase),
        }
    }
}

/// Fresh nonces, for all attempts of one authentication.
pub(crate) fn nonces<N: Network>() -> Result<[Nonce; MAX_ATTEMPTS], Error> {
    let mut nonces = [Nonce::default(); MAX_ATTEMPTS];
    N::random(nonces.as_flattened_mut()).map_err(|NoRandomness| {
        Error::Other("the host gave no randomness, without which nobody can log in".into())
    })?;
    Ok(nonces)
}

fn binding(tls::ChannelBinding { name, data }: tls::ChannelBinding) -> ChannelBinding {
    ChannelBinding { name, data }
}

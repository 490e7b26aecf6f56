//! The only loop: a session over TLS over a socket.

mod calls;
mod letters;
mod open;

use core::time::Duration;
use std::rc::Rc;

use crate::net::{self, Deadline, Read, Socket};
use crate::sasl::{ChannelBinding, Credentials, MAX_ATTEMPTS, Mechanism, Nonce};
use crate::smtp::error::{Error, Phase};
use crate::smtp::local_name::LocalName;
use crate::smtp::outgoing::Outgoing;
use crate::smtp::server_memory::ServerMemory;
use crate::smtp::session::{
    AuthPipelining, Dialect, Goal, InitialResponse, PipeliningAfterMessage, Plan, Security,
    Session, Step,
};
use crate::smtp::transcript::Speaker;
use crate::timeouts::{PIPELINED_REPLY, Timeout, Timeouts};
use crate::tls::{self, ServerName, Tls};
use crate::transcript::Transcript;

pub use letters::{Delivery, Freshness, Letter, is_gone};
pub use open::tls_failed;

/// Octets of plaintext in a record of TLS (RFC 8446, section 5.1).
const MAX_RECORD: usize = 16 * 1024;
/// Octets that a record adds to it at most: header, nonce, tag (RFC 5246, section 6.2.3.3).
const MAX_OVERHEAD: usize = 5 + 8 + 16;

/// How long the last words of a broken connection are waited for, at most: they, or its end, are there
/// to be read at once where it leads to a server.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Where and how to open a connection.
pub struct Target {
    pub dialect: Dialect,
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub tls: tls::Settings,
    /// The name that the certificate must bear, where TLS is made.
    pub server_name: Result<ServerName, String>,
    /// Where it is not our end's address.
    pub local_name: Option<LocalName>,
    pub credentials: Option<Credentials>,
    pub mechanisms: Vec<Mechanism>,
    pub initial_response: InitialResponse,
    pub after_message: PipeliningAfterMessage,
    /// Whether a message leaves by BDAT where CHUNKING is offered.
    pub may_chunk: bool,
    pub auth_pipelining: AuthPipelining,
    /// Whether a mechanism that shows the password may follow a proof that was refused.
    pub plain_fallback: bool,
    /// What connections before have learned of the server.
    pub memory: ServerMemory,
}

impl Target {
    /// What a session with it is to reach. `loopback` says whether no one can listen in between.
    fn plan(
        &self,
        goal: Goal,
        local_name: Option<LocalName>,
        loopback: bool,
    ) -> Result<Plan, Error> {
        Ok(Plan {
            dialect: self.dialect,
            goal,
            host: self.host.clone(),
            port: self.port,
            local_name,
            security: self.security,
            loopback,
            credentials: self.credentials.clone(),
            mechanisms: self.mechanisms.clone(),
            initial_response: self.initial_response,
            after_message: self.after_message,
            may_chunk: self.may_chunk,
            auth_pipelining: self.auth_pipelining,
            plain_fallback: self.plain_fallback,
            memory: self.memory.clone(),
            nonces: match &self.credentials {
                Some(_) => nonces()?,
                None => Default::default(),
            },
        })
    }
}

pub struct Connection {
    session: Session,
    tls: Option<Tls>,
    /// Made while the answer to STARTTLS is on its way.
    client_hello: Option<Tls>,
    socket: Socket,
    /// Of a message, sealed where TLS stands: what is too little to leave by itself.
    held_back: Outgoing,
    target: Rc<Target>,
    clock: Clock,
    transcript: Transcript,
    /// When a reply was waited for last.
    used: Duration,
    /// When replies that may never come are given up.
    overdue: Option<Deadline>,
}

/// The limits of a call's waits.
#[derive(Clone)]
pub struct Clock {
    pub timeouts: Timeouts,
    /// The end of the whole call.
    pub total: Option<Deadline>,
}

impl Clock {
    /// For a call that begins now.
    pub fn start(timeouts: &Timeouts) -> Self {
        Self {
            timeouts: timeouts.clone(),
            total: timeouts.total.map(Deadline::after),
        }
    }

    /// Whether the time of the whole call has run out.
    pub fn is_over(&self) -> bool {
        self.total.is_some_and(Deadline::has_passed)
    }

    fn limit(&self, limit: Duration) -> Deadline {
        Deadline::after(limit).or(self.total)
    }

    /// A wait that `limit` or the total ended, in this phase.
    fn timed_out(&self, phase: Phase, limit: Timeout) -> Error {
        if self.is_over() {
            Error::Timeout(phase, Timeout::Total)
        } else {
            Error::Timeout(phase, limit)
        }
    }
}

impl Connection {
    /// Connects; where the target says so, secures and authenticates too.
    pub fn open(
        target: Rc<Target>,
        goal: Goal,
        clock: Clock,
        transcript: &Transcript,
    ) -> Result<Self, Error> {
        let (socket, ip) = open::connect(&target, &clock, transcript)?;
        target.memory.learn_address_family(ip.is_ipv6());
        let local = target
            .local_name
            .clone()
            .or_else(|| socket.local_ip().map(LocalName::literal));
        let plan = target.plan(goal, local, ip.is_loopback())?;
        Self::over(socket, target, plan, clock, transcript)
    }

    /// Over a connection of the caller's own, which may lead anywhere.
    pub fn attach(
        socket: Socket,
        target: Rc<Target>,
        clock: Clock,
        transcript: &Transcript,
    ) -> Result<Self, Error> {
        let plan = target.plan(Goal::Greeting, target.local_name.clone(), false)?;
        Self::over(socket, target, plan, clock, transcript)
    }

    fn over(
        socket: Socket,
        target: Rc<Target>,
        plan: Plan,
        clock: Clock,
        transcript: &Transcript,
    ) -> Result<Self, Error> {
        let mut connection = Self {
            session: Session::new(plan),
            tls: None,
            client_hello: None,
            socket,
            held_back: Outgoing::default(),
            target,
            clock,
            transcript: transcript.clone(),
            used: Duration::ZERO,
            overdue: None,
        };
        connection.session.words().want(transcript.is_wanted());
        match connection.greet() {
            Ok(()) => Ok(connection),
            Err(error) => {
                connection.quit();
                Err(error)
            }
        }
    }

    fn greet(&mut self) -> Result<(), Error> {
        if self.target.security == Security::ImplicitTls {
            self.secure()?;
        }
        self.run()
    }

    /// Whether another message may be sent: the server takes more, and has not closed it, as far as
    /// the socket shows without a round trip.
    pub fn is_alive(&mut self) -> bool {
        loop {
            match self.socket.read() {
                Read::Nothing => {
                    return self.session.is_open()
                        && self.session.takes_more()
                        && !self.session.has_unasked();
                }
                Read::End | Read::Broken => return false,
                Read::Bytes(bytes) => {
                    if self.take(&bytes).is_err() {
                        return false;
                    }
                }
            }
        }
    }

    /// How long it was not used.
    pub fn idle(&self) -> Duration {
        net::now().saturating_sub(self.used)
    }

    /// Whether more can be said.
    pub fn is_open(&self) -> bool {
        self.session.is_open()
    }

    /// Whether the server is still to learn who we are.
    pub fn is_unauthenticated(&self) -> bool {
        self.session.is_unauthenticated()
    }

    /// Whether the server lost an envelope that left behind AUTH, so that the message goes once more
    /// over a new connection: while there is time.
    pub fn has_lost_envelope(&self) -> bool {
        self.session.has_lost_envelope() && !self.clock.is_over()
    }

    // --- the loop -----------------------------------------------------------------------------

    /// Until what the session was asked for is done.
    fn run(&mut self) -> Result<(), Error> {
        let result = self.run_session();
        self.conclude(result)
    }

    /// Writes the transcript. After an error that leaves open what the server heard, nothing more
    /// is said.
    fn conclude<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        let result = result.map_err(|error| self.session.ends_with(error));
        self.write_down();
        if let Err(
            Error::Timeout(..)
            | Error::Disconnected(_)
            | Error::Protocol(..)
            | Error::TlsFailed(..),
        ) = result
        {
            self.session.end();
        }
        result
    }

    fn run_session(&mut self) -> Result<(), Error> {
        loop {
            match self.session.step()? {
                Step::Await => self.await_reply()?,
                Step::Handshake => self.secure()?,
                Step::Done => return Ok(()),
            }
        }
    }

    fn await_reply(&mut self) -> Result<(), Error> {
        self.write_down();
        self.flush()?;
        self.used = net::now();
        let deadline = self.reply_deadline().or(self.clock.total);
        if self.session.phase() == Phase::StartTls && self.client_hello.is_none() {
            // What is wrong with it is found again when it is needed.
            self.client_hello = open::client_hello(&self.target).ok();
        }
        while !self.session.has_reply() {
            self.fill(deadline)?;
        }
        Ok(())
    }

    /// For the reply that is awaited from now on. Replies that may never come share one short limit.
    fn reply_deadline(&mut self) -> Deadline {
        let limit = self.clock.timeouts.reply(self.session.phase());
        if !self.session.may_wait_in_vain() {
            self.overdue = None;
            return Deadline::at(self.used.saturating_add(limit));
        }
        let limit = limit.min(PIPELINED_REPLY);
        let overdue = Deadline::at(self.used.saturating_add(limit));
        *self.overdue.get_or_insert(overdue)
    }

    /// Writes all that is outgoing, and reads meanwhile: a server may stop reading until its
    /// replies are read.
    fn flush(&mut self) -> Result<(), Error> {
        self.write_out(1)
    }

    /// Writes what is outgoing in the middle of a message, as far as it fills writes. A small rest
    /// would be a segment of its own, for whose acknowledgement the next one waits where the host has
    /// Nagle's algorithm on (RFC 1122, section 4.2.3.4), as wasmtime (48) has.
    fn push(&mut self) -> Result<(), Error> {
        self.write_out(calls::BLOCK)
    }

    /// Holds back what is less than both `least` and what can be written.
    fn write_out(&mut self, least: usize) -> Result<(), Error> {
        let mut bytes = std::mem::take(&mut self.held_back);
        let behind = self.behind_message();
        bytes.join(self.seal()?);
        let mut left = &bytes[..];
        while !left.is_empty() {
            let permitted = match self.room() {
                Ok(octets) => octets,
                Err(error) => {
                    // The server has half of what was written: nothing else can follow.
                    self.session.end();
                    return Err(error);
                }
            };
            if left.len() < permitted.min(least) {
                break;
            }
            let (piece, rest) = left.split_at(permitted.min(left.len()));
            if rest.len() <= behind {
                self.session.leaving();
            }
            self.socket.write(piece).map_err(|_| self.last_words())?;
            left = rest;
        }
        self.held_back = bytes.last(left.len());
        Ok(())
    }

    /// What is to be written behind the end of a message, at most: once no more than that is left,
    /// the end may have left.
    fn behind_message(&self) -> usize {
        let octets = self.session.behind_message();
        match self.tls.is_some() && octets > 0 {
            true => octets + MAX_OVERHEAD * (1 + octets / MAX_RECORD),
            false => octets,
        }
    }

    /// What is outgoing, encrypted where TLS stands.
    fn seal(&mut self) -> Result<Outgoing, Error> {
        let phase = self.session.phase();
        let open = self.session.take_outgoing();
        let Some(tls) = &mut self.tls else {
            return Ok(open);
        };
        tls.send(&open)
            .map_err(|e| Error::Protocol(phase, e.to_string()))?;
        Ok(std::mem::take(tls.outgoing()).into())
    }

    /// Octets that can be written now, at least one.
    fn room(&mut self) -> Result<usize, Error> {
        let mut deadline = None;
        loop {
            match self.socket.permitted().map_err(|_| self.last_words())? {
                0 => {
                    // From the first wait on, of which there is mostly none.
                    let limit = self.clock.timeouts.block;
                    let deadline = *deadline.get_or_insert_with(|| self.clock.limit(limit));
                    let waited = self.socket.wait_to_write_or_read(deadline);
                    waited.map_err(|e| self.failed(e, Timeout::Block))?;
                }
                octets => return Ok(octets),
            }
            self.read_meanwhile()?;
        }
    }

    /// In the middle of the message any reply is the end of it.
    fn read_meanwhile(&mut self) -> Result<(), Error> {
        match self.socket.read() {
            Read::Nothing => {}
            Read::Bytes(bytes) => self.take(&bytes)?,
            Read::End | Read::Broken => return Err(self.last_words()),
        }
        match self.session.phase() {
            Phase::Content => self.session.hear_arrived(),
            _ => Ok(()),
        }
    }

    fn fill(&mut self, deadline: Deadline) -> Result<(), Error> {
        let read = self.socket.read_within(deadline);
        let limit = Timeouts::of_reply(self.session.phase());
        match read.map_err(|e| self.failed(e, limit))? {
            Read::Nothing => Ok(()),
            Read::Bytes(bytes) => self.take(&bytes),
            Read::End | Read::Broken => Err(Error::Disconnected(self.session.phase())),
        }
    }

    /// What was read, decrypted where TLS stands.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
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
        match closed && !self.session.has_reply() {
            true => Err(Error::Disconnected(phase)),
            false => Ok(()),
        }
    }

    /// TLS on the connection as it stands. The last flight of the handshake is left for the first
    /// command to leave with.
    fn secure(&mut self) -> Result<(), Error> {
        let hello = self.client_hello.take();
        let hello = hello.map_or_else(|| open::client_hello(&self.target), Ok);
        match hello.and_then(|tls| open::handshake(&self.socket, tls, &self.clock)) {
            Ok(tls) => {
                self.transcript.add(Speaker::Event, tls.state().to_string());
                self.session.bind(tls.channel_binding().map(binding));
                self.tls = Some(tls);
                if self.target.security != Security::ImplicitTls {
                    self.session.secured()?;
                }
                // The server's first words may have come with the end of its handshake.
                self.take(&[])
            }
            Err(error) => {
                self.transcript
                    .add(Speaker::Event, "the TLS handshake failed".into());
                self.session.end();
                Err(error)
            }
        }
    }

    /// Hands what was said to the transcript.
    fn write_down(&mut self) {
        for (speaker, text) in self.session.words().take() {
            self.transcript.add(speaker, text);
        }
    }

    // --- what goes wrong ----------------------------------------------------------------------

    /// The server may have said why before it closed. That has arrived before its end has; but a host
    /// may know from a write that the connection is broken, and not yet that there is something to
    /// read.
    fn last_words(&mut self) -> Error {
        let phase = self.session.phase();
        let deadline = self.clock.limit(LAST_WORDS);
        loop {
            match self.socket.read_within(deadline) {
                Ok(Read::Nothing) => {}
                Ok(Read::Bytes(bytes)) if self.take(&bytes).is_ok() => {}
                _ => break,
            }
        }
        let heard = match phase {
            Phase::Content => self.session.hear_arrived(),
            _ if self.session.has_reply() => self.session.step().map(drop),
            _ => Ok(()),
        };
        heard.err().unwrap_or(Error::Disconnected(phase))
    }

    /// Of a wait that `limit` bounds, or the total.
    fn failed(&mut self, error: net::Error, limit: Timeout) -> Error {
        let phase = self.session.phase();
        match error {
            net::Error::TimedOut => self.clock.timed_out(phase, limit),
            _ => Error::Disconnected(phase),
        }
    }
}

/// Fresh, for all attempts of one authentication.
fn nonces() -> Result<[Nonce; MAX_ATTEMPTS], Error> {
    let mut nonces = [Nonce::default(); MAX_ATTEMPTS];
    net::random(nonces.as_flattened_mut()).map_err(|net::NoRandomness| {
        Error::Other("the host gave no randomness, without which nobody can log in".into())
    })?;
    Ok(nonces)
}

fn binding(tls::ChannelBinding { name, data }: tls::ChannelBinding) -> ChannelBinding {
    ChannelBinding { name, data }
}

//! The only loop: a session over TLS over a socket.

use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

use crate::net::{self, Deadline, Read, Socket};
use crate::sasl::{ChannelBinding, Credentials, MAX_ATTEMPTS, Mechanism, Nonce};
use crate::smtp::content::Survey;
use crate::smtp::envelope::{Envelope, Receipt};
use crate::smtp::error::{Error, Phase, TlsFailure};
use crate::smtp::local_name::LocalName;
use crate::smtp::session::{InitialResponse, Plan, Security, Session, Step};
use crate::smtp::transcript::Speaker;
use crate::timeouts::Timeouts;
use crate::tls::{self, ServerName, Tls};
use crate::transcript::Transcript;

/// Octets of a message that leave in one write where the server keeps up.
const BLOCK: usize = 64 * 1024;

/// How long QUIT's reply is waited for: nothing depends on it.
const QUIT_WAIT: Duration = Duration::from_secs(2);

/// Where and how to open a connection.
pub struct Target {
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
}

/// A whole message to send.
pub struct Letter<'a> {
    pub envelope: Envelope,
    pub survey: Survey,
    pub message: &'a [u8],
    /// Whether to deliver to the others when some recipients are refused.
    pub partial: bool,
}

pub struct Connection {
    session: Session,
    tls: Option<Tls>,
    socket: Socket,
    clock: Clock,
    transcript: Transcript,
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

    fn limit(&self, limit: Duration) -> Deadline {
        Deadline::after(limit).or(self.total)
    }
}

impl Connection {
    /// Connects, secures and authenticates.
    pub fn open(target: &Target, clock: Clock, transcript: &Transcript) -> Result<Self, Error> {
        let (socket, ip) = connect(target, &clock, transcript)?;
        let local = target
            .local_name
            .clone()
            .or_else(|| socket.local_ip().map(LocalName::literal));
        let plan = Plan {
            host: target.host.clone(),
            port: target.port,
            local_name: local.ok_or_else(|| {
                Error::Other("the host tells no local address: call set-local-name".into())
            })?,
            security: target.security,
            loopback: ip.is_loopback(),
            credentials: target.credentials.clone(),
            mechanisms: target.mechanisms.clone(),
            initial_response: InitialResponse::Auto,
            nonces: nonces(),
        };
        let mut session = Session::new(plan);
        session.words().want(transcript.is_wanted());
        let mut connection = Self {
            session,
            tls: None,
            socket,
            clock,
            transcript: transcript.clone(),
        };
        match connection.greet(target) {
            Ok(()) => Ok(connection),
            Err(error) => {
                connection.quit();
                Err(error)
            }
        }
    }

    fn greet(&mut self, target: &Target) -> Result<(), Error> {
        if target.security == Security::ImplicitTls {
            self.secure(target)?;
        }
        while self.run()? == Step::Handshake {
            self.secure(target)?;
            self.session.secured();
        }
        Ok(())
    }

    /// Whether the server has not closed it, as far as the socket shows without a round trip.
    pub fn is_alive(&mut self) -> bool {
        loop {
            match self.socket.read() {
                Read::Nothing => return self.session.is_open() && !self.session.has_reply(),
                Read::End => return false,
                Read::Bytes(bytes) => {
                    if self.take(&bytes).is_err() {
                        return false;
                    }
                }
            }
        }
    }

    /// Whether another message may follow.
    pub fn is_open(&self) -> bool {
        self.session.is_open()
    }

    /// Delivers one message.
    pub fn send(&mut self, letter: &Letter, clock: Clock) -> Result<Receipt, Error> {
        self.clock = clock;
        self.session.words().want(self.transcript.is_wanted());
        self.session
            .deliver(letter.envelope.clone(), letter.survey, letter.partial)?;
        self.run()?;
        for piece in letter.message.chunks(BLOCK) {
            self.session.write(piece);
            if self.session.outgoing().len() >= BLOCK {
                let flushed = self.flush();
                self.conclude(flushed)?;
            }
        }
        self.session.finish();
        self.run()?;
        self.session
            .take_receipt()
            .ok_or_else(|| Error::Other("the session ended without a receipt".into()))
    }

    /// Says QUIT where it has a place, waits for its reply a little, and ends TLS.
    pub fn quit(&mut self) {
        if !self.session.is_open() {
            return;
        }
        self.clock.timeouts.command = self.clock.timeouts.command.min(QUIT_WAIT);
        self.clock.timeouts.block = self.clock.timeouts.block.min(QUIT_WAIT);
        // Nothing is lost where it fails: what was sent is answered already.
        if self.session.quit().is_ok()
            && self.run().is_ok()
            && let Some(tls) = &mut self.tls
        {
            tls.close();
            let deadline = self.clock.limit(QUIT_WAIT);
            let _ = self.socket.write_all(tls.outgoing(), deadline);
        }
        self.session.end();
    }

    // --- the loop -----------------------------------------------------------------------------

    /// Until what the session was asked for is done, or TLS is due.
    fn run(&mut self) -> Result<Step, Error> {
        let result = self.run_session();
        self.conclude(result)
    }

    /// Writes the transcript. After an error that leaves open what the server heard, nothing more
    /// is said.
    fn conclude<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        self.write_down();
        if let Err(Error::Timeout(_) | Error::Disconnected(_) | Error::Protocol(..)) = result {
            self.session.end();
        }
        result
    }

    fn run_session(&mut self) -> Result<Step, Error> {
        loop {
            match self.session.step()? {
                Step::Await => self.await_reply()?,
                step => return Ok(step),
            }
        }
    }

    fn await_reply(&mut self) -> Result<(), Error> {
        self.write_down();
        self.flush()?;
        let deadline = self
            .clock
            .limit(self.clock.timeouts.reply(self.session.phase()));
        while !self.session.has_reply() {
            self.fill(deadline)?;
        }
        Ok(())
    }

    /// Writes all that is outgoing, and reads meanwhile: a server may stop reading until its
    /// replies are read.
    fn flush(&mut self) -> Result<(), Error> {
        let bytes = self.seal()?;
        let mut left = &bytes[..];
        while !left.is_empty() {
            let permitted = self.room()?;
            if permitted >= left.len() {
                self.session.leaving();
            }
            let (piece, rest) = left.split_at(permitted.min(left.len()));
            self.socket.write(piece).map_err(|_| self.last_words())?;
            left = rest;
        }
        Ok(())
    }

    /// What is outgoing, encrypted where TLS stands.
    fn seal(&mut self) -> Result<Vec<u8>, Error> {
        let phase = self.session.phase();
        let open = std::mem::take(self.session.outgoing());
        let Some(tls) = &mut self.tls else {
            return Ok(open);
        };
        tls.send(&open)
            .map_err(|e| Error::Protocol(phase, e.message))?;
        Ok(std::mem::take(tls.outgoing()))
    }

    /// Octets that can be written now, at least one.
    fn room(&mut self) -> Result<usize, Error> {
        let deadline = self.clock.limit(self.clock.timeouts.block);
        loop {
            match self.socket.permitted().map_err(|_| self.last_words())? {
                0 => self
                    .socket
                    .wait_to_write_or_read(deadline)
                    .map_err(|e| self.failed(e))?,
                octets => return Ok(octets),
            }
            self.read_meanwhile()?;
        }
    }

    /// In the middle of the message any reply is the end of it.
    fn read_meanwhile(&mut self) -> Result<(), Error> {
        match self.socket.read() {
            Read::Nothing => return Ok(()),
            Read::Bytes(bytes) => self.take(&bytes)?,
            Read::End => return Err(self.last_words()),
        }
        match self.session.phase() == Phase::Content && self.session.has_reply() {
            true => Err(self.last_words()),
            false => Ok(()),
        }
    }

    fn fill(&mut self, deadline: Deadline) -> Result<(), Error> {
        match self.socket.read() {
            Read::Bytes(bytes) => self.take(&bytes),
            Read::End => Err(Error::Disconnected(self.session.phase())),
            Read::Nothing => self
                .socket
                .wait_to_read(deadline)
                .map_err(|e| self.failed(e)),
        }
    }

    /// What was read, decrypted where TLS stands.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Some(tls) = &mut self.tls else {
            return self.session.receive(bytes);
        };
        let phase = self.session.phase();
        tls.receive(bytes)
            .map_err(|e| Error::Protocol(phase, e.message))?;
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
    fn secure(&mut self, target: &Target) -> Result<(), Error> {
        let deadline = self.clock.limit(self.clock.timeouts.tls);
        match handshake(&self.socket, target, deadline) {
            Ok(tls) => {
                self.transcript.add(Speaker::Event, tls.describe());
                self.session.bind(tls.channel_binding().map(binding));
                self.tls = Some(tls);
                Ok(())
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

    /// The server may have said why before it closed.
    fn last_words(&mut self) -> Error {
        let phase = self.session.phase();
        while let Read::Bytes(bytes) = self.socket.read() {
            if self.session.has_reply() || self.take(&bytes).is_err() {
                break;
            }
        }
        match self.session.has_reply().then(|| self.session.step()) {
            Some(Err(error)) => error,
            _ => Error::Disconnected(phase),
        }
    }

    fn failed(&mut self, error: net::Error) -> Error {
        match error {
            net::Error::TimedOut => Error::Timeout(self.session.phase()),
            _ => Error::Disconnected(self.session.phase()),
        }
    }
}

fn connect(
    target: &Target,
    clock: &Clock,
    transcript: &Transcript,
) -> Result<(Socket, IpAddr), Error> {
    let Target { host, port, .. } = target;
    let addresses =
        net::lookup(host, clock.limit(clock.timeouts.connect)).map_err(|error| match error {
            net::Error::Denied => Error::AccessDenied(Phase::Lookup),
            net::Error::TimedOut => Error::Timeout(Phase::Lookup),
            net::Error::Failed(why) => Error::LookupFailed(format!("{host}: {why}")),
            net::Error::Disconnected => Error::LookupFailed(host.clone()),
        })?;
    if addresses.is_empty() {
        return Err(Error::LookupFailed(format!(
            "{host}: the name has no address"
        )));
    }
    transcript.add(Speaker::Event, format!("connecting to {host} port {port}"));
    match net::dial(&addresses, *port, clock.timeouts.connect, clock.total) {
        Ok((socket, ip)) => {
            transcript.add(
                Speaker::Event,
                format!("connected to {}", SocketAddr::new(ip, *port)),
            );
            Ok((socket, ip))
        }
        Err(_) if clock.total.is_some_and(Deadline::has_passed) => {
            Err(Error::Timeout(Phase::Connect))
        }
        Err(error) if error.is_denied() => Err(Error::AccessDenied(Phase::Connect)),
        Err(error) => Err(Error::ConnectFailed(format!("{host} port {port}: {error}"))),
    }
}

/// Until the client's part is done.
fn handshake(socket: &Socket, target: &Target, deadline: Deadline) -> Result<Tls, Error> {
    let interrupted = |error| match error {
        net::Error::TimedOut => Error::Timeout(Phase::Tls),
        _ => Error::Disconnected(Phase::Tls),
    };
    let name = target
        .server_name
        .as_ref()
        .map_err(|why| Error::InvalidArgument(why.clone()))?;
    let mut tls = Tls::new(&target.tls, name).map_err(tls_failed)?;
    while tls.is_handshaking() {
        let flight = std::mem::take(tls.outgoing());
        socket.write_all(&flight, deadline).map_err(interrupted)?;
        match socket.read() {
            Read::Nothing => socket.wait_to_read(deadline).map_err(interrupted)?,
            Read::End => return Err(Error::Disconnected(Phase::Tls)),
            Read::Bytes(bytes) => {
                if let Err(error) = tls.receive(&bytes) {
                    // The alert, for the server's log.
                    let _ = socket.write_all(tls.outgoing(), deadline);
                    return Err(tls_failed(error));
                }
            }
        }
    }
    Ok(tls)
}

/// Fresh, for all attempts of one authentication.
fn nonces() -> [Nonce; MAX_ATTEMPTS] {
    let mut nonces = [Nonce::default(); MAX_ATTEMPTS];
    net::random(nonces.as_flattened_mut());
    nonces
}

fn binding(tls::ChannelBinding { name, data }: tls::ChannelBinding) -> ChannelBinding {
    ChannelBinding { name, data }
}

pub fn tls_failed(error: tls::Error) -> Error {
    let failure = match error.failure {
        tls::Failure::CertificateExpired => TlsFailure::CertificateExpired,
        tls::Failure::CertificateNotYetValid => TlsFailure::CertificateNotYetValid,
        tls::Failure::CertificateUnknownIssuer => TlsFailure::CertificateUnknownIssuer,
        tls::Failure::CertificateWrongName => TlsFailure::CertificateWrongName,
        tls::Failure::CertificateRevoked => TlsFailure::CertificateRevoked,
        tls::Failure::CertificateInvalid => TlsFailure::CertificateInvalid,
        tls::Failure::Incompatible => TlsFailure::Incompatible,
        tls::Failure::HandshakeFailed => TlsFailure::HandshakeFailed,
    };
    Error::TlsFailed(failure, error.message)
}

//! One connection: bytes in, bytes out, in any pieces.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use rustls::client::UnbufferedClientConnection;
use rustls::{HandshakeKind, ProtocolVersion};

use super::binding::{ChannelBinding, Exporter};
use super::error::Error;
use super::finished::Finished;
use super::name::ServerName;
use super::output::{Output, Wish};
use super::settings::Settings;
use super::verifier::take_refusal;

/// Ciphertext kept until a whole record or handshake message is there. A message is at most 64 KiB
/// (rustls's limit), in records of at most 16 KiB each: this leaves as much again for their headers,
/// tags and a record behind.
const MAX_INCOMING: usize = 128 << 10;
/// All that a server may send before the handshake is done. A chain of ten large certificates is
/// 20 KB.
const MAX_HANDSHAKE: usize = 256 << 10;

/// What client and server agreed on.
#[derive(Clone, Debug)]
pub struct State {
    /// Otherwise TLS 1.2.
    pub is_tls13: bool,
    /// By the names of the IANA's registries.
    pub cipher_suite: String,
    pub key_exchange: String,
    pub resumed: bool,
    /// DER, the server's own first.
    pub peer_certificates: Vec<Vec<u8>>,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = if self.is_tls13 { "TLS 1.3" } else { "TLS 1.2" };
        let how = if self.resumed {
            "resumed"
        } else {
            "a full handshake"
        };
        write!(
            f,
            "{version}, {}, {}, {how}",
            self.cipher_suite, self.key_exchange
        )
    }
}

/// A TLS connection, the client's side.
pub struct Tls {
    connection: UnbufferedClientConnection,
    exporter: Arc<Exporter>,
    finished: Finished,
    name: ServerName,
    incoming: Vec<u8>,
    output: Output,
    handshake_octets: usize,
    /// By us.
    closed: bool,
    failed: Option<Error>,
}

impl Tls {
    /// Starts a handshake: the ClientHello is in `outgoing`.
    pub fn new(settings: &Settings, name: &ServerName) -> Result<Self, Error> {
        let exporter = Arc::new(Exporter::default());
        // One of its own, for the exporter; what it shares with others, sessions too, stays shared.
        let mut config = settings.config.as_ref().clone();
        config.key_log = exporter.clone();
        let connection = UnbufferedClientConnection::new(Arc::new(config), name.to_rustls())
            .map_err(|error| Error::internal(&error))?;
        let mut tls = Self {
            connection,
            exporter,
            finished: Finished::default(),
            name: name.clone(),
            incoming: Vec::new(),
            output: Output::default(),
            handshake_octets: 0,
            closed: false,
            failed: None,
        };
        tls.drive(Wish::Nothing)?;
        Ok(tls)
    }

    /// Takes what the server sent. Where this fails, there may be an alert in `outgoing`, which is
    /// to be written still; all later calls fail alike.
    pub fn receive(&mut self, mut ciphertext: &[u8]) -> Result<(), Error> {
        self.check()?;
        if self.handshake_octets == 0 && ciphertext.first().is_some_and(u8::is_ascii_digit) {
            return Err(self.fail(Error::clear_text()));
        }
        // What follows a close_notify is ignored (RFC 8446, section 6.1).
        while !ciphertext.is_empty() && !self.is_closed() {
            let room = MAX_INCOMING.saturating_sub(self.incoming.len());
            let (now, later) = ciphertext.split_at(room.min(ciphertext.len()));
            self.admit(now.len())?;
            self.incoming.extend_from_slice(now);
            self.drive(Wish::Nothing)?;
            ciphertext = later;
        }
        Ok(())
    }

    /// False once application data may be sent: in a full handshake of TLS 1.3, and a resumed one of
    /// TLS 1.2, that is as soon as the client's Finished is in `outgoing`, so that both can leave in
    /// one write.
    pub fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// Encrypts into `outgoing`, in records of 16 KiB.
    pub fn send(&mut self, plaintext: &[u8]) -> Result<(), Error> {
        self.check()?;
        if self.is_handshaking() || self.closed {
            return Err(Error::not_open());
        }
        self.drive(Wish::Encrypt(plaintext))
    }

    /// What must be written, in this order; the caller drains it.
    pub fn outgoing(&mut self) -> &mut Vec<u8> {
        &mut self.output.outgoing
    }

    /// What the server said; the caller drains it.
    pub fn plaintext(&mut self) -> &mut Vec<u8> {
        &mut self.output.plaintext
    }

    /// Puts a close_notify into `outgoing`, if the connection stands. Nothing can be sent any more.
    pub fn close(&mut self) {
        if self.failed.is_none() && !self.closed && !self.is_handshaking() {
            // There is no use in an error of a connection that is given up.
            let _ = self.drive(Wish::CloseNotify);
        }
        self.closed = true;
    }

    /// Whether the server sent a close_notify. The end of the stream without one may be an attack.
    pub fn is_closed(&self) -> bool {
        self.output.peer_closed
    }

    /// What was agreed on.
    pub fn state(&self) -> State {
        let connection = &self.connection;
        let suite = connection.negotiated_cipher_suite();
        let group = connection.negotiated_key_exchange_group();
        let certificates = connection.peer_certificates().unwrap_or_default();
        State {
            is_tls13: connection.protocol_version() == Some(ProtocolVersion::TLSv1_3),
            cipher_suite: suite.map_or(String::new(), |suite| format!("{:?}", suite.suite())),
            key_exchange: group.map_or(String::new(), |group| format!("{:?}", group.name())),
            resumed: connection.handshake_kind() == Some(HandshakeKind::Resumed),
            peer_certificates: certificates.iter().map(|c| c.to_vec()).collect(),
        }
    }

    /// What names this connection, once the handshake is done: `tls-exporter` in TLS 1.3, and
    /// `tls-unique` in TLS 1.2, unless the server has no extended master secret (RFC 7627).
    pub fn channel_binding(&self) -> Option<ChannelBinding> {
        match self.connection.protocol_version()? {
            ProtocolVersion::TLSv1_3 => self.exporter.binding(),
            ProtocolVersion::TLSv1_2 => self.finished.unique().map(ChannelBinding::unique),
            _ => None,
        }
    }

    fn check(&self) -> Result<(), Error> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    fn admit(&mut self, octets: usize) -> Result<(), Error> {
        if self.is_handshaking() {
            self.handshake_octets += octets;
        }
        match octets == 0 || self.handshake_octets > MAX_HANDSHAKE {
            true => Err(self.fail(Error::too_long())),
            false => Ok(()),
        }
    }

    /// Lets rustls do all that it can do now.
    fn drive(&mut self, wish: Wish<'_>) -> Result<(), Error> {
        let mut done = 0;
        let result = loop {
            let unread = self.incoming.get_mut(done..).unwrap_or_default();
            let connection = &mut self.connection;
            let status = self
                .finished
                .watch(|| connection.process_tls_records(unread));
            done += status.discard;
            match status
                .state
                .and_then(|state| self.output.take(state, wish, &mut done))
            {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.incoming.drain(..done.min(self.incoming.len()));
        result.map_err(|error| {
            self.take_alert();
            self.fail(Error::from_rustls(&error, take_refusal(), &self.name))
        })
    }

    /// After an error, rustls may have an alert for the server. It must not be shown again what it
    /// could not stand.
    fn take_alert(&mut self) {
        while self.connection.wants_write() {
            let status = self.connection.process_tls_records(&mut []);
            let Ok(Ok(_)) = status
                .state
                .map(|state| self.output.take(state, Wish::Nothing, &mut 0))
            else {
                break;
            };
        }
    }

    fn fail(&mut self, error: Error) -> Error {
        self.incoming = Vec::new();
        self.failed.insert(error).clone()
    }
}

//! One TLS connection: bytes in, bytes out, in pieces of any size.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::{fmt, mem};

use rustls::client::UnbufferedClientConnection;
use rustls::{HandshakeKind, ProtocolVersion};

use super::channel_binding::{ChannelBinding, Exporter};
use super::error::Error;
use super::finished::Finished;
use super::name::ServerName;
use super::output::{Output, WriteRequest};
use super::settings::Settings;
use super::verifier::take_refusal;

/// The most octets that a record carries (RFC 8446, section 5.1).
const RECORD: usize = 1 << 14;

/// The octets that still fit into the last record of so many.
pub fn room_in_last_record(octets: usize) -> usize {
    octets.next_multiple_of(RECORD) - octets
}

/// Ciphertext kept until a record or handshake message is complete. rustls limits a message to 64 KiB, in
/// records of at most 16 KiB; the other half is for their headers and tags, and for the next record.
const MAX_INCOMING: usize = 128 << 10;
/// Octets that a server may send before the handshake is done. A chain of ten large certificates has
/// 20 kB.
const MAX_HANDSHAKE: usize = 256 << 10;

/// What the handshake agreed on.
#[derive(Clone, Debug)]
pub struct State {
    /// TLS 1.2 if not.
    pub is_tls13: bool,
    /// Named as in IANA's registry, like the next.
    pub cipher_suite: String,
    /// The group. Empty if a TLS 1.2 session was resumed, because no key is exchanged then.
    pub key_exchange: String,
    /// Whether the handshake relies on an earlier connection: the certificate was verified then, and is not
    /// again.
    pub resumed: bool,
    /// In DER, the server's own first.
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
    /// The client sent close_notify.
    closed: bool,
    failed: Option<Error>,
}

impl Tls {
    /// Starts the handshake: puts the ClientHello into `outgoing`.
    pub fn new(settings: &Settings, name: &ServerName) -> Result<Self, Error> {
        let exporter = Arc::new(Exporter::default());
        // A copy with an exporter of its own; the sessions stay shared with other connections.
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
        tls.drive(WriteRequest::Nothing)?;
        Ok(tls)
    }

    /// Takes octets from the server. After an error, `outgoing` may hold an alert to be written; all later
    /// calls fail with the same error.
    pub fn receive(&mut self, mut ciphertext: &[u8]) -> Result<(), Error> {
        self.check()?;
        if self.handshake_octets == 0 && ciphertext.first().is_some_and(u8::is_ascii_digit) {
            return Err(self.fail(Error::clear_text()));
        }
        // Data after a close_notify is ignored (RFC 8446, section 6.1).
        while !ciphertext.is_empty() && !self.is_closed() {
            let room = MAX_INCOMING.saturating_sub(self.incoming.len());
            let (now, later) = ciphertext.split_at(room.min(ciphertext.len()));
            self.admit(now.len())?;
            self.incoming.extend_from_slice(now);
            self.drive(WriteRequest::Nothing)?;
            ciphertext = later;
        }
        Ok(())
    }

    /// False once application data may be sent. In TLS 1.3, and in a resumed handshake of TLS 1.2, the
    /// client's Finished is in `outgoing` then, so that it and the first data can leave in one write.
    pub fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// Appends `plaintext`, encrypted in records of at most 16 KiB, to `outgoing`.
    pub fn send(&mut self, plaintext: &[u8]) -> Result<(), Error> {
        self.check()?;
        if self.is_handshaking() || self.closed {
            return Err(Error::not_open());
        }
        self.drive(WriteRequest::Encrypt(plaintext))
    }

    /// Encrypts `plaintext`, and returns its records by themselves: so the caller knows which octets end
    /// it. They must be written after the octets in `outgoing`.
    pub fn seal(&mut self, plaintext: &[u8]) -> Result<Vec<u8>, Error> {
        let earlier = mem::take(&mut self.output.outgoing);
        let result = self.send(plaintext);
        let mut sealed = mem::replace(&mut self.output.outgoing, earlier);
        if let Err(error) = result {
            // An alert, perhaps.
            self.output.outgoing.append(&mut sealed);
            return Err(error);
        }
        Ok(sealed)
    }

    /// Octets to be written, in order; the caller drains it.
    pub fn outgoing(&mut self) -> &mut Vec<u8> {
        &mut self.output.outgoing
    }

    /// Decrypted data from the server; the caller drains it.
    pub fn plaintext(&mut self) -> &mut Vec<u8> {
        &mut self.output.plaintext
    }

    /// Puts a close_notify into `outgoing` if the connection is open. After that nothing can be sent.
    pub fn close(&mut self) {
        if self.failed.is_none() && !self.closed && !self.is_handshaking() {
            // The connection is given up: an error has no use.
            let _ = self.drive(WriteRequest::CloseNotify);
        }
        self.closed = true;
    }

    /// Whether the server sent a close_notify. A stream that ends without one may be truncated by an
    /// attacker.
    pub fn is_closed(&self) -> bool {
        self.output.peer_closed
    }

    /// Names are empty until the handshake has agreed on them.
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

    /// The channel binding, once the handshake is done: `tls-exporter` in TLS 1.3, `tls-unique` in TLS 1.2
    /// if the server has the extended master secret (RFC 7627).
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
        if octets == 0 || self.handshake_octets > MAX_HANDSHAKE {
            return Err(self.fail(Error::too_long()));
        }
        Ok(())
    }

    /// Runs rustls until it needs more octets.
    fn drive(&mut self, request: WriteRequest<'_>) -> Result<(), Error> {
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
                .and_then(|state| self.output.process_state(state, request, &mut done))
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

    /// After an error, rustls may have an alert for the server. It must not see the offending octets again.
    fn take_alert(&mut self) {
        while self.connection.wants_write() {
            let status = self.connection.process_tls_records(&mut []);
            let Ok(Ok(_)) = status.state.map(|state| {
                self.output
                    .process_state(state, WriteRequest::Nothing, &mut 0)
            }) else {
                break;
            };
        }
    }

    fn fail(&mut self, error: Error) -> Error {
        self.incoming = Vec::new();
        self.failed.insert(error).clone()
    }
}

//! Serves the states of rustls's unbuffered API: collects ciphertext for the server and plaintext for the
//! caller.

use std::ops::ControlFlow;

use rustls::Error;
use rustls::client::ClientConnectionData;
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncryptError, InsufficientSizeError, ReadTraffic,
};

#[derive(Default)]
pub(super) struct Output {
    pub outgoing: Vec<u8>,
    pub plaintext: Vec<u8>,
    pub peer_closed: bool,
}

/// What to write as soon as application data may be sent.
#[derive(Clone, Copy)]
pub(super) enum WriteRequest<'a> {
    Nothing,
    Encrypt(&'a [u8]),
    CloseNotify,
}

impl Output {
    /// Serves one state, and adds the incoming octets it consumed to `done`. Breaks if rustls can do no
    /// more for now.
    pub(super) fn process_state(
        &mut self,
        state: ConnectionState<'_, '_, ClientConnectionData>,
        request: WriteRequest<'_>,
        done: &mut usize,
    ) -> Result<ControlFlow<()>, Error> {
        match state {
            ConnectionState::ReadTraffic(traffic) => *done += self.read(traffic)?,
            ConnectionState::EncodeTlsData(mut data) => {
                self.write(|room| data.encode(room).map_err(Shortage::from))?;
            }
            // `outgoing` keeps the order, so later data may be queued before this is written.
            ConnectionState::TransmitTlsData(data) => data.done(),
            ConnectionState::PeerClosed => self.peer_closed = true,
            ConnectionState::WriteTraffic(mut traffic) => {
                match request {
                    WriteRequest::Nothing => {}
                    WriteRequest::Encrypt(text) => {
                        self.write(|room| Ok(traffic.encrypt(text, room)?))?
                    }
                    WriteRequest::CloseNotify => {
                        self.write(|room| Ok(traffic.queue_close_notify(room)?))?
                    }
                }
                return Ok(ControlFlow::Break(()));
            }
            ConnectionState::BlockedHandshake | ConnectionState::Closed => {
                return Ok(ControlFlow::Break(()));
            }
            // The other states are a server's.
            _ => return Err(Error::HandshakeNotComplete),
        }
        Ok(ControlFlow::Continue(()))
    }

    fn read(
        &mut self,
        mut traffic: ReadTraffic<'_, '_, ClientConnectionData>,
    ) -> Result<usize, Error> {
        let mut done = 0;
        while let Some(record) = traffic.next_record() {
            let record = record?;
            done += record.discard;
            self.plaintext.extend_from_slice(record.payload);
        }
        Ok(done)
    }

    /// Calls `encode` without room first, to learn how much it needs, and appends to `outgoing`.
    fn write(
        &mut self,
        mut encode: impl FnMut(&mut [u8]) -> Result<usize, Shortage>,
    ) -> Result<(), Error> {
        let start = self.outgoing.len();
        let mut written = encode(&mut []);
        if let Err(Shortage::Room(room)) = written {
            // Compiled for size, `resize` writes octet by octet: half of a record's time.
            self.outgoing.append(&mut vec![0; room]);
            written = encode(self.outgoing.get_mut(start..).unwrap_or_default());
        }
        self.outgoing
            .truncate(start + written.as_ref().map_or(0, |length| *length));
        written.map(drop).map_err(|_| Error::EncryptError)
    }
}

/// Why nothing was encoded.
enum Shortage {
    Room(usize),
    Other,
}

impl From<EncodeError> for Shortage {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::InsufficientSize(InsufficientSizeError { required_size }) => {
                Self::Room(required_size)
            }
            EncodeError::AlreadyEncoded => Self::Other,
        }
    }
}

impl From<EncryptError> for Shortage {
    fn from(error: EncryptError) -> Self {
        match error {
            EncryptError::InsufficientSize(InsufficientSizeError { required_size }) => {
                Self::Room(required_size)
            }
            EncryptError::EncryptExhausted => Self::Other,
        }
    }
}

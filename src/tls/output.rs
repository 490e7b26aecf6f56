//! What comes of a connection's states: ciphertext for the server, plaintext for the caller.

use std::ops::ControlFlow;

use rustls::Error;
use rustls::client::ClientConnectionData;
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncryptError, InsufficientSizeError, ReadTraffic,
};

#[derive(Default)]
pub struct Output {
    pub outgoing: Vec<u8>,
    pub plaintext: Vec<u8>,
    pub peer_closed: bool,
}

/// What to do as soon as application data may be sent.
#[derive(Clone, Copy)]
pub enum Wish<'a> {
    Nothing,
    Encrypt(&'a [u8]),
    CloseNotify,
}

impl Output {
    /// Serves one state; `done` grows by what it used up of the incoming octets. Breaks where rustls
    /// can do no more for now.
    pub fn take(
        &mut self,
        state: ConnectionState<'_, '_, ClientConnectionData>,
        wish: Wish<'_>,
        done: &mut usize,
    ) -> Result<ControlFlow<()>, Error> {
        match state {
            ConnectionState::ReadTraffic(traffic) => *done += self.read(traffic)?,
            ConnectionState::EncodeTlsData(mut data) => {
                self.write(|room| data.encode(room).map_err(Shortage::from))?;
            }
            // `outgoing` keeps the order, so that what follows may be queued already.
            ConnectionState::TransmitTlsData(data) => data.done(),
            ConnectionState::PeerClosed => self.peer_closed = true,
            ConnectionState::WriteTraffic(mut traffic) => {
                match wish {
                    Wish::Nothing => {}
                    Wish::Encrypt(text) => self.write(|room| Ok(traffic.encrypt(text, room)?))?,
                    Wish::CloseNotify => {
                        self.write(|room| Ok(traffic.queue_close_notify(room)?))?
                    }
                }
                return Ok(ControlFlow::Break(()));
            }
            ConnectionState::BlockedHandshake | ConnectionState::Closed => {
                return Ok(ControlFlow::Break(()));
            }
            // A server's state.
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

    /// Appends to `outgoing` with just the room that `encode`, first called with none, asks for.
    fn write(
        &mut self,
        mut encode: impl FnMut(&mut [u8]) -> Result<usize, Shortage>,
    ) -> Result<(), Error> {
        let start = self.outgoing.len();
        let mut written = encode(&mut []);
        if let Err(Shortage::Room(room)) = written {
            // Compiled for size, `resize` would write each octet by itself: half of what a record takes.
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

//! A message that is written piece by piece over a connection of a pool.

use envoi_message::compose::Piece;
use tokio::sync::OwnedRwLockReadGuard;

use super::place::Place;
use crate::message::Message;
use crate::net::{Network, Source};
use crate::smtp::error::{Error, RecipientReply};
use crate::smtp::receipt::Receipt;

/// Dropped before `finish`, it closes the connection: SMTP has no other way to take back half a message.
pub struct PooledMessage<N: Network> {
    message: Message<N>,
    /// `None` for a message of a session of the caller's own.
    held: Option<Held<N>>,
}

struct Held<N: Network> {
    place: Place<N>,
    /// Keeps [`super::Pool::close`] waiting.
    _call: OwnedRwLockReadGuard<()>,
}

impl<N: Network> From<Message<N>> for PooledMessage<N> {
    fn from(message: Message<N>) -> Self {
        Self {
            message,
            held: None,
        }
    }
}

impl<N: Network> PooledMessage<N> {
    pub(super) fn new(
        message: Message<N>,
        place: Place<N>,
        call: OwnedRwLockReadGuard<()>,
    ) -> Self {
        Self {
            message,
            held: Some(Held { place, _call: call }),
        }
    }

    /// The recipients that will not get it.
    pub fn refused(&self) -> &[RecipientReply] {
        self.message.refused()
    }

    /// Writes a piece of the content. An invalid piece is an error at once, and closes the connection.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.message.write(piece).await
    }

    /// Writes all that is left of `source`, in constant memory; returns how many octets that was.
    pub async fn write_from(&mut self, source: impl Source) -> Result<u64, Error> {
        self.message.write_from(source).await
    }

    /// Writes the pieces of a composed message, in constant memory.
    pub(super) async fn write_pieces<S>(
        &mut self,
        pieces: &[Piece],
        sources: &[S],
    ) -> Result<(), Error>
    where
        for<'a> &'a S: Source,
    {
        self.message.write_pieces(pieces, sources).await
    }

    /// Ends the message, waits for the reply to it, and gives the connection back.
    pub async fn finish(self) -> Result<Receipt, Error> {
        let receipt = self.message.finish().await;
        if let Some(held) = self.held {
            held.place.release();
        }
        receipt
    }
}

//! A message that is written piece by piece.

use envoi_message::compose::Piece;

use crate::net::{Network, Source, Wasi};
use crate::shared_connection::SharedConnection;
use crate::smtp::error::{Error, RecipientReply};
use crate::smtp::receipt::Receipt;
use crate::smtp::transfer_encoding::TransferEncoding;

/// A message whose content is being written. Dropped before `finish`, it closes the connection: SMTP has no
/// other way to take back half a message.
pub struct Message<N: Network = Wasi> {
    connection: SharedConnection<N>,
    refused: Vec<RecipientReply>,
    finished: bool,
}

impl<N: Network> Message<N> {
    /// The server of `connection` waits for the content.
    pub(crate) fn new(connection: SharedConnection<N>) -> Self {
        let refused = connection.with(|connection| connection.refused_recipients());
        Self {
            connection,
            refused: refused.unwrap_or_default(),
            finished: false,
        }
    }

    /// The recipients that will not get it.
    pub fn refused(&self) -> &[RecipientReply] {
        &self.refused
    }

    /// Writes a piece of the content. An invalid piece is an error at once, and closes the connection.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        let mut connection = self.connection.resume()?;
        let result = connection.write(&[piece]).await;
        connection.release();
        result
    }

    /// Writes all that is left of `source`, in constant memory; returns how many octets that was.
    pub async fn write_from(&mut self, source: impl Source) -> Result<u64, Error> {
        self.write_encoded(source, TransferEncoding::Identity).await
    }

    /// Writes the pieces of a composed message, in constant memory. `sources` are its streamed contents, in the
    /// order of attaching.
    pub(crate) async fn write_pieces<S>(
        &mut self,
        pieces: &[Piece],
        sources: &[S],
    ) -> Result<(), Error>
    where
        for<'a> &'a S: Source,
    {
        for piece in pieces {
            match piece {
                Piece::Octets(octets) => self.write(octets).await?,
                Piece::Streamed(number) => {
                    let Some(source) = sources.get(*number) else {
                        let what = "an attachment has no stream to come from";
                        return Err(Error::InvalidArgument(what.into()));
                    };
                    let base64 = TransferEncoding::base64();
                    self.write_encoded(source, base64).await?;
                }
            }
        }
        Ok(())
    }

    async fn write_encoded(
        &mut self,
        source: impl Source,
        encoding: TransferEncoding,
    ) -> Result<u64, Error> {
        let mut connection = self.connection.resume()?;
        let result = connection.write_from(source, encoding).await;
        connection.release();
        result
    }

    /// Ends the message, and waits for the reply to it.
    pub async fn finish(mut self) -> Result<Receipt, Error> {
        self.finished = true;
        let mut connection = self.connection.resume()?;
        let result = if connection.is_writing() {
            connection.finish().await
        } else {
            Err(Error::WrongState("the message has ended".into()))
        };
        connection.release();
        result
    }
}

impl<N: Network> Drop for Message<N> {
    fn drop(&mut self) {
        if !self.finished {
            self.connection.abort();
        }
    }
}

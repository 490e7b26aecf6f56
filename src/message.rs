//! A message that is written piece by piece.

use crate::handle::Handle;
use crate::net::InputStream;
use crate::smtp::error::{Error, RecipientReply};
use crate::smtp::receipt::Receipt;

/// A message on its way. Dropped unfinished, it closes the connection: SMTP has no other way to
/// take back half a message.
pub struct Message {
    connection: Handle,
    refused: Vec<RecipientReply>,
    finished: bool,
}

impl Message {
    /// Of a connection whose server waits for the content.
    pub(crate) fn new(connection: Handle) -> Self {
        let refused = connection.look(|connection| connection.refused_recipients());
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

    /// What is wrong with a piece is found now, and closes the connection.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.connection.go_on(|connection| connection.write(piece))
    }

    /// Writes all that is left of `source`, in constant memory; returns the octets read.
    pub fn write_from(&mut self, source: &InputStream) -> Result<u64, Error> {
        self.connection
            .go_on(|connection| connection.write_from(source))
    }

    /// Ends the message, and waits for the answer to it.
    pub fn finish(mut self) -> Result<Receipt, Error> {
        self.finished = true;
        self.connection
            .go_on(|connection| match connection.is_writing() {
                true => connection.finish(),
                false => Err(Error::WrongState("the message has ended".into())),
            })
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        if !self.finished {
            self.connection.cut();
        }
    }
}

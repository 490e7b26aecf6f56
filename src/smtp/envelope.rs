//! The envelope (RFC 5321, section 2.3.1): the reverse-path and the forward-paths of a message.

use super::config::Protocol;
use super::error::Error;
use super::mailbox::Mailbox;

/// The sender and the recipients of a message.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// `None` is the null reverse-path `<>` (RFC 5321, section 4.5.5).
    pub sender: Option<Mailbox>,
    /// At least one.
    pub recipients: Vec<Mailbox>,
}

impl Envelope {
    /// Parses addresses as callers write them.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] names the address that cannot be sent, and why; or says that there is
    /// no recipient.
    pub fn parse(
        sender: Option<&str>,
        recipients: &[String],
        protocol: Protocol,
    ) -> Result<Self, Error> {
        if recipients.is_empty() {
            return Err(Error::InvalidArgument(
                "no recipient is given: give at least one".into(),
            ));
        }
        let sender = sender.map(Mailbox::parse).transpose();
        let recipients = recipients
            .iter()
            .map(|r| protocol.recipient(r))
            .collect::<Result<_, _>>();
        Ok(Self {
            sender: sender.map_err(|e| Error::InvalidArgument(format!("sender: {e}")))?,
            recipients: recipients
                .map_err(|e| Error::InvalidArgument(format!("recipient: {e}")))?,
        })
    }

    /// Whether no address needs SMTPUTF8 (RFC 6531).
    pub fn is_ascii(&self) -> bool {
        let mut addresses = self.sender.iter().chain(&self.recipients);
        addresses.all(Mailbox::is_ascii)
    }
}

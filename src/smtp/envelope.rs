//! A message's envelope, and what became of it.

use super::error::{Error, RecipientReply};
use super::mailbox::Mailbox;

/// Who sends, and to whom.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// None for the null reverse-path.
    pub sender: Option<Mailbox>,
    /// At least one.
    pub recipients: Vec<Mailbox>,
}

impl Envelope {
    /// From addresses as callers write them.
    pub fn parse(sender: Option<&str>, recipients: &[String]) -> Result<Self, Error> {
        if recipients.is_empty() {
            return Err(Error::InvalidArgument(
                "no recipient is given: give at least one".into(),
            ));
        }
        let sender = sender.map(Mailbox::parse).transpose();
        let recipients = recipients
            .iter()
            .map(|r| Mailbox::parse_recipient(r))
            .collect::<Result<_, _>>();
        Ok(Self {
            sender: sender.map_err(|e| Error::InvalidArgument(format!("sender: {e}")))?,
            recipients: recipients
                .map_err(|e| Error::InvalidArgument(format!("recipient: {e}")))?,
        })
    }
}

/// What became of each recipient, at least one of whom was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// With the server's answer to the message.
    pub accepted: Vec<RecipientReply>,
    /// With the server's answer to the recipient.
    pub refused: Vec<RecipientReply>,
    /// The connection ended before the answer for these came: perhaps delivered.
    pub unknown: Vec<String>,
}

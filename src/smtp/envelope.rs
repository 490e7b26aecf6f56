//! A message's envelope, and what became of it.

use super::config::Protocol;
use super::error::{Error, Phase, RecipientReply};
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
    /// Whether no address needs SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        let mut addresses = self.sender.iter().chain(&self.recipients);
        addresses.all(Mailbox::is_ascii)
    }

    /// From addresses as callers write them.
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
}

/// What became of each recipient, at least one of whom was accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// With the server's answer to the message.
    pub accepted: Vec<RecipientReply>,
    /// With the server's answer to the recipient, or to the message in its transaction.
    pub refused: Vec<RecipientReply>,
    /// The connection ended before the answer for these came: the message may have been delivered to them.
    pub unknown: Vec<String>,
    /// No transaction reached these: the message was not sent to them.
    pub unsent: Vec<Unsent>,
}

/// A recipient whom no transaction reached, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    pub recipient: String,
    pub error: Error,
}

impl Receipt {
    /// What became of one transaction's recipients, after those before.
    pub fn add(&mut self, other: Self) {
        self.accepted.extend(other.accepted);
        self.refused.extend(other.refused);
        self.unknown.extend(other.unknown);
        self.unsent.extend(other.unsent);
    }

    /// A transaction for these recipients failed.
    pub fn add_error(&mut self, recipients: &[Mailbox], error: &Error) {
        let names = recipients.iter().map(|r| r.as_str().to_string());
        match error {
            Error::RecipientsRefused(refused) => self.refused.extend(refused.iter().cloned()),
            Error::Rejected(Phase::Data | Phase::Content | Phase::Acceptance, reply) => {
                self.refused.extend(names.map(|recipient| RecipientReply {
                    recipient,
                    reply: reply.clone(),
                }));
            }
            error if error.may_have_been_delivered() => self.unknown.extend(names),
            error => self.add_unsent(recipients, error),
        }
    }

    /// No transaction reached these.
    pub fn add_unsent(&mut self, recipients: &[Mailbox], error: &Error) {
        self.unsent
            .extend(recipients.iter().map(|recipient| Unsent {
                recipient: recipient.as_str().into(),
                error: error.clone(),
            }));
    }
}

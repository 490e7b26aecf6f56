//! A message's envelope, and what became of it.

use super::error::{Error, Phase, RecipientReply};
use super::mailbox::Mailbox;
use super::reply::{EnhancedCode, Reply};

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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// With the server's answer to the message.
    pub accepted: Vec<RecipientReply>,
    /// With the server's answer to the recipient.
    pub refused: Vec<RecipientReply>,
    /// The connection ended before the answer for these came: perhaps delivered.
    pub unknown: Vec<String>,
}

impl Receipt {
    /// What became of one transaction's recipients, after those before.
    pub fn add(&mut self, other: Self) {
        self.accepted.extend(other.accepted);
        self.refused.extend(other.refused);
        self.unknown.extend(other.unknown);
    }

    /// An error of one transaction, after others were accepted: it is none for these.
    pub fn add_error(&mut self, recipients: &[Mailbox], error: &Error) {
        match error {
            Error::RecipientsRefused(refused) => self.refused.extend(refused.iter().cloned()),
            Error::Rejected(_, reply) | Error::AuthRefused(reply, _) => {
                self.refuse(recipients, reply);
            }
            Error::Timeout(Phase::Acceptance)
            | Error::Disconnected(Phase::Acceptance)
            | Error::Protocol(Phase::Acceptance, _) => {
                let names = recipients.iter().map(|r| r.as_str().to_string());
                self.unknown.extend(names);
            }
            error => self.refuse(recipients, &not_sent(error)),
        }
    }

    fn refuse(&mut self, recipients: &[Mailbox], reply: &Reply) {
        self.refused
            .extend(recipients.iter().map(|r| RecipientReply {
                recipient: r.as_str().into(),
                reply: reply.clone(),
            }));
    }
}

/// A loss of the connection counts as 451 (RFC 5321, section 3.8).
fn not_sent(error: &Error) -> Reply {
    Reply {
        code: 451,
        enhanced: Some(EnhancedCode {
            class: 4,
            subject: 4,
            detail: 2,
        }),
        lines: vec![format!("4.4.2 not sent by this client: {error}")],
    }
}

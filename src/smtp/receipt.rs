//! Receipts: the result for each recipient of a message.

use super::error::{Error, Phase, RecipientReply};
use super::mailbox::Mailbox;

/// The result for each recipient of a message that was accepted for at least one. Each is named once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// With the server's reply to the message: one for all of a transaction; in LMTP, one for each recipient.
    pub accepted: Vec<RecipientReply>,
    /// With the server's reply to the recipient, or to the message in the recipient's transaction.
    pub refused: Vec<RecipientReply>,
    /// The connection ended before the reply for these: the message may have been delivered to them.
    pub unknown: Vec<String>,
    /// No transaction reached these: the message was not sent to them.
    pub unsent: Vec<Unsent>,
}

/// A recipient that no transaction reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// The address as the caller wrote it.
    pub recipient: String,
    /// Why the transaction could not be made.
    pub error: Error,
}

impl Receipt {
    /// Adds the receipt of a further transaction of the same message.
    pub(super) fn add(&mut self, other: Self) {
        self.accepted.extend(other.accepted);
        self.refused.extend(other.refused);
        self.unknown.extend(other.unknown);
        self.unsent.extend(other.unsent);
    }

    /// Adds the recipients of a transaction that failed.
    pub(super) fn add_error(&mut self, recipients: &[Mailbox], error: &Error) {
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

    /// Adds recipients that no transaction reached, because of `error`.
    pub(super) fn add_unsent(&mut self, recipients: &[Mailbox], error: &Error) {
        self.unsent
            .extend(recipients.iter().map(|recipient| Unsent {
                recipient: recipient.as_str().into(),
                error: error.clone(),
            }));
    }
}

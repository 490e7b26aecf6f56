//! More recipients than the server takes at once (RFC 5321, sections 4.5.3.1.8 and 4.5.3.1.10):
//! whom it has no room for gets a transaction more.
//!
//! ```text
//! C: RCPT TO:<b@example.org>
//! C: RCPT TO:<c@example.org>
//! C: RCPT TO:<d@example.org>
//! C: DATA
//! S: 250 OK
//! S: 452 4.5.3 Too many recipients         `take_left_over`: c, then d, as there was room for one
//! S: 452 4.5.3 Too many recipients
//! S: 354 Go ahead
//! ```

use std::collections::VecDeque;

use super::limits::{self, Limits};
use super::mailbox::Mailbox;
use super::session::Session;
use super::transaction::Transaction;

impl Session {
    /// The recipients of each transaction that a message to all of them takes, as far as it is known
    /// beforehand.
    pub fn batches(&self, recipients: &[Mailbox]) -> VecDeque<Vec<Mailbox>> {
        self.batches_of(recipients, self.memory().recipient_limit())
    }

    /// Of the transaction that has just begun, whom the server has no room for is left over.
    pub fn divide(&mut self) {
        if let Some(transaction) = &mut self.transaction {
            transaction.divides = true;
        }
    }

    /// The recipients of each transaction that those who were left over take.
    pub fn take_left_over(&mut self) -> VecDeque<Vec<Mailbox>> {
        std::mem::take(&mut self.left_over)
    }

    /// Once all recipients of a transaction are answered for, and someone was accepted.
    pub(super) fn leave_over(&mut self, transaction: &mut Transaction) {
        let taken = u32::try_from(transaction.accepted.len()).ok();
        let (too_many, is_said) = transaction.take_too_many();
        if too_many.is_empty() {
            return;
        }
        self.left_over = self.batches_of(&too_many, taken);
        // A guess holds for this message only.
        if let Some(taken) = taken
            && (is_said || taken >= limits::RECIPIENTS_OF_ALL)
        {
            self.memory().learn_recipient_limit(taken);
        }
    }

    fn batches_of(&self, recipients: &[Mailbox], room: Option<u32>) -> VecDeque<Vec<Mailbox>> {
        let mut limits = Limits::of(&self.extensions);
        limits.recipients = limits.recipients.into_iter().chain(room).min();
        let members = |batch: Vec<usize>| {
            let members = batch.into_iter().filter_map(|i| recipients.get(i));
            members.cloned().collect()
        };
        limits
            .batches(recipients)
            .into_iter()
            .map(members)
            .collect()
    }
}

impl Transaction {
    /// Where it divides, takes out of the refused whom the server had no room for, and tells whether it said so. Where
    /// it has no enhanced codes, the same 452 may be of a full mailbox: it counts where all that
    /// follow, up to the last recipient, have it too.
    fn take_too_many(&mut self) -> (Vec<Mailbox>, bool) {
        if !self.divides {
            return (Vec::new(), false);
        }
        let mut full_from = self.recipients.len();
        for (i, reply) in self.refused.iter().rev() {
            if i + 1 != full_from || !reply.may_be_too_many_recipients() {
                break;
            }
            full_from = *i;
        }
        let mut is_said = false;
        let too_many = self.refused.extract_if(.., |(i, reply)| {
            let says = reply.is_too_many_recipients();
            is_said |= says;
            says || *i >= full_from
        });
        let too_many: Vec<usize> = too_many.map(|(i, _)| i).collect();
        let recipients = too_many.into_iter().filter_map(|i| self.recipients.get(i));
        (recipients.cloned().collect(), is_said)
    }
}

//! A job: one message to all of its recipients, in as many transactions and over as many connections as
//! necessary.
//!
//! A recipient is in one transaction, or in a second one if the first had too many (RFC 5321,
//! section 4.5.3.1.10). Each ends as accepted, refused, unsent, or unknown, and the outcome names it once.

use std::collections::VecDeque;

use super::error::{Error, RecipientReply};
use super::mailbox::Mailbox;
use super::receipt::Receipt;
use super::recipient_split::{Basis, LastReplies, Overflow, Refusal};
use super::reply::Reply;
use super::session::Session;

/// Connections that may end before one message has reached all of its recipients: enough for a server that
/// closes at each third error to name sixteen bad addresses.
const MAX_LOST_CONNECTIONS: usize = 8;

/// The recipients of one transaction.
#[derive(Clone, Debug)]
pub struct Batch {
    /// In the order of their RCPT commands.
    pub recipients: Vec<Mailbox>,
    turn: Turn,
}

#[derive(Clone, Debug)]
enum Turn {
    First,
    /// They were too many for an earlier transaction, by these replies.
    Second(Vec<Reply>),
}

/// A message on its way to its recipients.
#[derive(Debug)]
pub struct Job {
    /// Batches that still need a transaction.
    waiting: VecDeque<Batch>,
    /// Recipients that get a second transaction only if the current one delivers the message.
    if_delivered: Vec<Refusal>,
    receipt: Receipt,
    failure: Option<Error>,
    /// The limit of recipients in a transaction that this message has shown.
    limit: Option<u32>,
    /// Connections that ended before the message had reached all of its recipients.
    lost_connections: usize,
}

impl Batch {
    fn first(recipients: Vec<Mailbox>) -> Self {
        Self {
            recipients,
            turn: Turn::First,
        }
    }

    fn second(refusals: Vec<Refusal>) -> Self {
        let (recipients, replies) = refusals.into_iter().unzip();
        Self {
            recipients,
            turn: Turn::Second(replies),
        }
    }

    /// Whether recipients that are too many may get another transaction.
    pub fn may_be_split(&self) -> bool {
        matches!(self.turn, Turn::First)
    }
}

impl Job {
    /// All recipients wait, in one batch until [`Self::divide`] knows the server's limits.
    pub fn new(recipients: Vec<Mailbox>) -> Self {
        Self {
            waiting: VecDeque::from([Batch::first(recipients)]),
            if_delivered: Vec::new(),
            receipt: Receipt::default(),
            failure: None,
            limit: None,
            lost_connections: 0,
        }
    }

    /// Divides the waiting recipients into batches within the server's limits. Call for each connection, and
    /// after a limit was learned.
    pub fn divide(&mut self, session: &Session) {
        let (first, second): (Vec<_>, Vec<_>) =
            self.waiting.drain(..).partition(Batch::may_be_split);
        let recipients: Vec<Mailbox> = first.into_iter().flat_map(|b| b.recipients).collect();
        if !recipients.is_empty() {
            let batches = session.batches(&recipients, self.limit);
            self.waiting.extend(batches.into_iter().map(Batch::first));
        }
        self.waiting.extend(second);
    }

    /// Whether nothing is left to send.
    pub fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.if_delivered.is_empty()
    }

    /// The recipients of the next transaction. `None` does not mean that the job is done: others may wait for
    /// the result of the current transaction.
    pub fn take_batch(&mut self) -> Option<Batch> {
        self.waiting.pop_front()
    }

    /// The batch that comes next, if that is certain already.
    pub fn next_batch(&self) -> Option<&Batch> {
        self.waiting.front()
    }

    /// Puts a batch back for another connection.
    pub fn put_back(&mut self, batch: Batch) {
        self.waiting.push_front(batch);
    }

    /// Records the recipients that the server refused before their transaction failed.
    pub fn record_failure(&mut self, mut batch: Batch, refused: Vec<RecipientReply>, error: Error) {
        // This error contains them already.
        if !matches!(error, Error::RecipientsRefused(_)) {
            self.take_refused(&mut batch, refused);
        }
        self.record(batch, Err(error));
    }

    /// Takes these recipients out of a batch: they end as refused.
    fn take_refused(&mut self, batch: &mut Batch, refused: Vec<RecipientReply>) {
        let is_refused = |mailbox: &Mailbox| {
            let mut names = refused.iter().map(|refused| &refused.recipient);
            names.any(|name| name == mailbox.as_str())
        };
        batch.recipients.retain(|mailbox| !is_refused(mailbox));
        self.receipt.refused.extend(refused);
    }

    /// Call for each connection that ended during a transaction.
    pub fn has_lost_too_many_connections(&mut self) -> bool {
        self.lost_connections += 1;
        self.lost_connections > MAX_LOST_CONNECTIONS
    }

    /// Call if the connection ended with `error` among the replies to this batch's recipients. Permanent
    /// refusals count. The other recipients wait for another connection, unless too many have ended or
    /// the batch and its limit are the same as before.
    pub fn shrink(&mut self, mut batch: Batch, last: LastReplies, error: Error) {
        let is_hopeless = self.has_lost_too_many_connections();
        let before = batch.recipients.len();
        let refused = last.refused.into_iter().map(refused).collect();
        self.take_refused(&mut batch, refused);
        let is_new = last.limit.is_some_and(|limit| self.limit != Some(limit))
            || batch.recipients.len() < before;
        if batch.recipients.is_empty() {
            self.record(batch, Err(Error::RecipientsRefused(Vec::new())));
        } else if !is_new || is_hopeless {
            self.record(batch, Err(error.clone()));
            self.give_up(&error);
        } else {
            self.limit = last.limit.or(self.limit);
            self.waiting.push_front(batch);
        }
    }

    /// Adds the recipients that were too many for the current transaction.
    pub fn add_overflow(&mut self, overflow: Overflow, session: &Session) {
        let Overflow {
            mut refused,
            unasked,
            taken,
            basis,
            ..
        } = overflow;
        self.limit = self.limit.into_iter().chain([taken]).min();
        if basis == Basis::OnlyFirstTaken {
            self.if_delivered = refused;
            return;
        }
        let recipients: Vec<Mailbox> = refused.iter().map(|(mailbox, _)| mailbox.clone()).collect();
        if !unasked.is_empty() {
            let recipients = recipients.into_iter().chain(unasked).collect();
            self.waiting.push_front(Batch::first(recipients));
            return self.divide(session);
        }
        self.divide(session);
        for batch in session.batches(&recipients, self.limit) {
            // The batches may be in another order than the recipients: those of one domain together.
            let refusals: Vec<Refusal> = refused
                .extract_if(.., |(mailbox, _)| batch.contains(mailbox))
                .collect();
            // It is empty if all of the batch's recipients were named twice.
            if !refusals.is_empty() {
                self.waiting.push_back(Batch::second(refusals));
            }
        }
    }

    /// Records the result of a transaction.
    pub fn record(&mut self, batch: Batch, result: Result<Receipt, Error>) {
        let second = std::mem::take(&mut self.if_delivered);
        match result {
            Ok(receipt) => {
                self.receipt.add(receipt);
                let alone = second
                    .into_iter()
                    .map(|refusal| Batch::second(vec![refusal]));
                self.waiting.extend(alone);
            }
            Err(error) => {
                let others = self.waiting.iter().flat_map(|batch| &batch.recipients);
                let others: Vec<_> = others.chain(second.iter().map(|(name, _)| name)).collect();
                let ends_otherwise = |name: &Mailbox| {
                    let mut others = others.iter();
                    others.any(|other| other.as_str() == name.as_str())
                };
                let own = batch.recipients.iter();
                let own = own.filter(|name| !ends_otherwise(name));
                let own: Vec<Mailbox> = own.cloned().collect();
                self.receipt.refused.extend(second.into_iter().map(refused));
                self.fail(&own, error);
            }
        }
    }

    /// Ends the job: the waiting recipients are unsent for this reason.
    pub fn give_up(&mut self, error: &Error) {
        self.failure.get_or_insert_with(|| error.clone());
        for batch in std::mem::take(&mut self.waiting) {
            match batch.turn {
                Turn::First => self.receipt.add_unsent(&batch.recipients, error),
                Turn::Second(replies) => {
                    let refusals = batch.recipients.into_iter().zip(replies);
                    self.receipt.refused.extend(refusals.map(refused));
                }
            }
        }
    }

    /// The outcome for the caller: a receipt if any recipient was accepted, else an error. An error after
    /// which the message may have been delivered takes precedence.
    pub fn outcome(self) -> Result<Receipt, Error> {
        let Some(failure) = self.failure else {
            return Ok(self.receipt);
        };
        if !self.receipt.accepted.is_empty() {
            return Ok(self.receipt);
        }
        // Recipients that a later attempt may reach must not count as refused.
        let unsent = self.receipt.unsent.iter().map(|unsent| &unsent.error);
        if !failure.may_have_been_delivered()
            && let Some(error) = unsent.into_iter().find(|error| error.is_transient())
        {
            return Err(error.clone());
        }
        match failure {
            Error::RecipientsRefused(_) => Err(Error::RecipientsRefused(self.receipt.refused)),
            error => Err(error),
        }
    }

    fn fail(&mut self, recipients: &[Mailbox], error: Error) {
        self.receipt.add_error(recipients, &error);
        let is_known = self.failure.as_ref().is_some_and(|known| {
            known.may_have_been_delivered() || !error.may_have_been_delivered()
        });
        if !is_known {
            self.failure = Some(error);
        }
    }
}

fn refused((mailbox, reply): Refusal) -> RecipientReply {
    RecipientReply {
        recipient: mailbox.as_str().into(),
        reply,
    }
}

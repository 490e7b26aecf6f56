//! Splitting a message whose recipients are too many for one transaction (RFC 5321, sections 4.5.3.1.8 and
//! 4.5.3.1.10): the others get a transaction more.
//!
//! ```text
//! C: RCPT TO:<b@example.org>
//! C: RCPT TO:<c@example.org>
//! C: RCPT TO:<d@example.org>
//! C: DATA
//! S: 250 OK
//! S: 452 4.5.3 Too many recipients         `take_overflow`: c and d, and that one was taken
//! S: 452 4.5.3 Too many recipients
//! S: 354 Go ahead
//! ```
//!
//! Every server has to take 100 recipients. The 101st asks whether a server takes more, and the others wait for
//! its reply: sendmail takes a second to refuse each that is too many, and keeps its replies back meanwhile.

use std::collections::VecDeque;

use super::command::{Command, PendingReply};
use super::limits::{self, Limits};
use super::mailbox::Mailbox;
use super::reply::Reply;
use super::session::Session;
use super::state::{AfterMessage, AwaitingAcceptance, EnvelopeSent, EnvelopeState, State};
use super::transaction::{RecipientSplit, Transaction};

/// Recipients that a server is asked for before it is known whether it takes more than it has to.
const ASKED_FIRST: usize = limits::RECIPIENTS_OF_ALL as usize + 1;

/// A recipient, and why the server did not take it in the transaction before.
pub type Refusal = (Mailbox, Reply);

/// Recipients of one transaction that the server may take in another.
#[derive(Clone, Debug)]
pub struct Overflow {
    pub refused: Vec<Refusal>,
    /// Recipients that the server was not asked for, once one was too many.
    pub unasked: Vec<Mailbox>,
    /// How many others it took.
    pub taken: u32,
    /// Whether the server takes so many and no more: it refused all recipients behind them as too many, and no
    /// other.
    pub is_count: bool,
    /// How it is known that they were too many.
    pub basis: Basis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// An enhanced code says so: x.5.3.
    EnhancedCode,
    /// The last recipients were all refused with a 452 or 552 without an enhanced code, which may be about a
    /// full mailbox too.
    LastRefused,
    /// All recipients but the first were refused with a 451 without an enhanced code: by a server that takes one
    /// recipient a transaction, or by one that delays recipients that it does not know yet.
    OnlyFirstTaken,
}

/// What a server said of recipients before it ended the connection.
#[derive(Clone, Debug)]
pub struct LastReplies {
    /// Recipients that a transaction may have: as many as were taken when more were said to be too many, or as
    /// many as every server has to take.
    pub limit: Option<u32>,
    /// Recipients that were refused for good. Some servers count these as errors, and close.
    pub refused: Vec<Refusal>,
}

impl Session {
    /// The recipients of each transaction that a message to all of them takes, as far as the server's limits
    /// are known. No transaction has more than `limit`.
    pub fn batches(&self, recipients: &[Mailbox], limit: Option<u32>) -> VecDeque<Vec<Mailbox>> {
        let mut limits = Limits::of(self.extensions());
        let learned = self.memory().recipient_limit();
        limits.recipients = [limits.recipients, learned, limit]
            .into_iter()
            .flatten()
            .min();
        let members = |batch: Vec<usize>| {
            let members = batch.into_iter().filter_map(|i| recipients.get(i));
            members.cloned().collect()
        };
        let batches = limits.batches(recipients);
        batches.into_iter().map(members).collect()
    }

    /// Whether a message to all of them takes one transaction, by what the server says of its limits.
    pub fn takes_at_once(&self, recipients: &[Mailbox]) -> bool {
        Limits::of(self.extensions()).batches(recipients).len() == 1
    }

    /// Splits the transaction that was just started: recipients that are too many are collected for another one,
    /// instead of counted as refused.
    pub fn split_on_too_many(&mut self) {
        let is_limit_known = self.is_recipient_limit_known();
        let Some(transaction) = self.state.started_transaction() else {
            return;
        };
        let waits = |command: &Command| match command.awaits {
            PendingReply::Rcpt(i) => i >= ASKED_FIRST,
            awaits => awaits == PendingReply::Data,
        };
        let held_back = if is_limit_known || transaction.recipients.len() <= ASKED_FIRST {
            Vec::new()
        } else {
            self.pipeline.take_queued(waits)
        };
        if !held_back.is_empty() {
            self.state.drop_grouped_commands(waits);
        }
        if let Some(transaction) = self.state.started_transaction() {
            transaction.split = RecipientSplit::On { held_back };
        }
    }

    /// Whether an envelope leaves without being asked whether it has too many recipients.
    pub(super) fn may_leave_at_once(&self, recipients: &[Mailbox]) -> bool {
        recipients.len() <= ASKED_FIRST || self.is_recipient_limit_known()
    }

    fn is_recipient_limit_known(&self) -> bool {
        let memory = self.memory();
        Limits::of(self.extensions()).recipients.is_some()
            || memory.recipient_limit().is_some()
            || memory.takes_many_recipients()
    }

    /// All recipients that the server was asked for are answered. Asks for the others, unless one was too many, or
    /// MAIL was refused. Returns whether it does.
    pub(super) fn ask_for_the_others(&mut self, transaction: &mut Transaction) -> bool {
        let is_full = !transaction.accepted.is_empty() && transaction.is_full();
        if is_full || transaction.mail_refusal().is_some() {
            return false;
        }
        let RecipientSplit::On { held_back } = &mut transaction.split else {
            return false;
        };
        if held_back.is_empty() {
            return false;
        }
        for command in std::mem::take(held_back) {
            self.pipeline.queue(command);
        }
        if transaction.accepted.len() >= ASKED_FIRST {
            self.memory().learn_many_recipients();
        }
        true
    }

    /// Takes the recipients that were too many for the transaction whose replies have all come.
    pub fn take_overflow(&mut self) -> Option<Overflow> {
        self.results.overflow.take()
    }

    /// What the replies to recipients said before the connection ended among them, if another transaction over
    /// another connection is worth a try.
    pub fn last_replies(&mut self) -> Option<LastReplies> {
        let takes_many = self.memory().takes_many_recipients();
        if self.is_open() {
            return None;
        }
        let can_be_split = |t: &&mut Transaction| {
            matches!(t.split, RecipientSplit::On { .. }) && t.mail_refusal().is_none()
        };
        let transaction = self.results.failed.as_mut().filter(can_be_split)?;
        let overflow = transaction.take_overflow();
        let overflow = overflow.filter(|overflow| overflow.basis != Basis::OnlyFirstTaken);
        let is_long = transaction.is_mail_accepted()
            && !takes_many
            && transaction.recipients.len() > limits::RECIPIENTS_OF_ALL as usize
            && transaction.answered() < transaction.recipients.len();
        let last = LastReplies {
            limit: match &overflow {
                Some(overflow) => Some(overflow.taken),
                None => is_long.then_some(limits::RECIPIENTS_OF_ALL),
            },
            refused: transaction.take_refused_for_good(),
        };
        if let Some(overflow) = &overflow {
            self.learn_limit(overflow);
        }
        (last.limit.is_some() || !last.refused.is_empty()).then_some(last)
    }

    /// Call once all recipients of a transaction are answered for, and at least one was accepted.
    pub(super) fn settle_overflow(&mut self, transaction: &mut Transaction) {
        if let Some(overflow) = transaction.take_overflow() {
            self.learn_limit(&overflow);
            self.results.overflow = Some(overflow);
        }
    }

    /// Remembers a limit, if it is certain to be one. What only may be one holds for this message alone.
    fn learn_limit(&self, overflow: &Overflow) {
        let is_limit = match overflow.basis {
            Basis::EnhancedCode => overflow.is_count,
            Basis::LastRefused => overflow.taken >= limits::RECIPIENTS_OF_ALL,
            Basis::OnlyFirstTaken => false,
        };
        if is_limit {
            self.memory().learn_recipient_limit(overflow.taken);
        }
    }
}

impl State {
    /// The transaction that was started last.
    fn started_transaction(&mut self) -> Option<&mut Transaction> {
        match self {
            Self::Envelope(envelope) => Some(&mut envelope.transaction),
            Self::AwaitingAcceptance(AwaitingAcceptance {
                next: AfterMessage::Envelope(envelope),
                ..
            }) => Some(&mut envelope.transaction),
            _ => None,
        }
    }

    /// Commands that are held back are not sent again after another AUTH either.
    fn drop_grouped_commands(&mut self, is_dropped: impl Fn(&Command) -> bool) {
        if let Self::Envelope(EnvelopeState {
            sent: EnvelopeSent::BehindAuth(group),
            ..
        }) = self
        {
            group.commands.retain(|command| !is_dropped(command));
        }
    }
}

impl Transaction {
    /// Takes the recipients that were too many out of those that were refused.
    fn take_overflow(&mut self) -> Option<Overflow> {
        let taken = u32::try_from(self.accepted.len()).ok()?;
        if matches!(self.split, RecipientSplit::Off) || taken == 0 {
            return None;
        }
        let basis = self.overflow_basis()?;
        let last_refused_from = self.last_refused_from();
        let is_too_many = |(i, reply): &(usize, Reply)| match basis {
            Basis::EnhancedCode => reply.is_too_many_recipients() || *i >= last_refused_from,
            Basis::LastRefused => *i >= last_refused_from,
            Basis::OnlyFirstTaken => true,
        };
        let (too_many, refused) = std::mem::take(&mut self.refused)
            .into_iter()
            .partition::<Vec<_>, _>(is_too_many);
        self.refused = refused;
        let last_taken = self.accepted.last();
        let is_last = too_many.first().is_some_and(|(i, _)| last_taken < Some(i));
        let mailbox = |(i, reply): (usize, Reply)| Some((self.recipients.get(i)?.clone(), reply));
        let unasked = if self.is_held_back() {
            self.recipients.get(ASKED_FIRST..).unwrap_or_default()
        } else {
            &[]
        };
        // Once a transaction.
        self.split = RecipientSplit::Off;
        Some(Overflow {
            unasked: unasked.to_vec(),
            is_count: is_last && self.refused.is_empty(),
            refused: too_many.into_iter().filter_map(mailbox).collect(),
            taken,
            basis,
        })
    }

    fn take_refused_for_good(&mut self) -> Vec<Refusal> {
        let for_good = self
            .refused
            .extract_if(.., |(_, reply)| reply.is_permanent());
        let mailbox = |(i, reply): (usize, Reply)| Some((self.recipients.get(i)?.clone(), reply));
        for_good.filter_map(mailbox).collect()
    }

    fn overflow_basis(&self) -> Option<Basis> {
        let mut replies = self.refused.iter().map(|(_, reply)| reply);
        if replies.any(Reply::is_too_many_recipients) {
            Some(Basis::EnhancedCode)
        } else if self.last_refused_from() < self.answered() {
            Some(Basis::LastRefused)
        } else if self.is_only_first_taken() {
            Some(Basis::OnlyFirstTaken)
        } else {
            None
        }
    }

    /// The number of the recipient from which on all were refused with what may mean "too many".
    fn last_refused_from(&self) -> usize {
        let mut from = self.answered();
        for (i, reply) in self.refused.iter().rev() {
            if i + 1 != from || !reply.may_be_too_many_recipients() {
                break;
            }
            from = *i;
        }
        from
    }

    fn is_only_first_taken(&self) -> bool {
        let is_bare_451 = |reply: &Reply| reply.code == 451 && reply.enhanced.is_none();
        self.accepted == [0]
            && !self.refused.is_empty()
            && self.answered() == self.recipients.len()
            && self.refused.iter().all(|(_, reply)| is_bare_451(reply))
    }

    /// Whether the server has said of a recipient that it is too many, or may have.
    fn is_full(&self) -> bool {
        let mut replies = self.refused.iter().map(|(_, reply)| reply);
        replies.any(Reply::is_too_many_recipients) || self.last_refused_from() < self.answered()
    }

    /// Recipients whose reply has come: they come in order.
    fn answered(&self) -> usize {
        self.accepted.len() + self.refused.len()
    }
}

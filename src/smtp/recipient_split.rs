//! Splitting a message with too many recipients for one transaction (RFC 5321, sections 4.5.3.1.8 and
//! 4.5.3.1.10): the others get another transaction.
//!
//! ```text
//! C: RCPT TO:<b@example.org>
//! C: RCPT TO:<c@example.org>
//! C: RCPT TO:<d@example.org>
//! C: DATA
//! S: 250 OK
//! S: 452 4.5.3 Too many recipients         `take_overflow`: c and d; the server took one
//! S: 452 4.5.3 Too many recipients
//! S: 354 Go ahead
//! ```
//!
//! Every server has to take 100 recipients. The 101st RCPT shows whether a server takes more, and the others
//! wait for its reply: sendmail needs a second to refuse each one that is too many, and holds back its
//! replies meanwhile.

use std::collections::VecDeque;

use super::command::{Command, PendingReply};
use super::limits::{self, Limits};
use super::mailbox::Mailbox;
use super::reply::Reply;
use super::session::Session;
use super::state::{AfterMessage, AwaitingAcceptance, EnvelopeSent, EnvelopeState, State};
use super::transaction::{RecipientSplit, Transaction};

/// RCPT commands that leave before the server has shown whether it takes more than it has to.
const ASKED_FIRST: usize = limits::RECIPIENTS_OF_ALL as usize + 1;

/// A recipient, and the server's refusal of it in an earlier transaction.
pub type Refusal = (Mailbox, Reply);

/// Recipients of one transaction that the server may take in another.
#[derive(Clone, Debug)]
pub struct Overflow {
    /// Recipients that the server refused as too many.
    pub refused: Vec<Refusal>,
    /// Recipients whose RCPT was not sent, because an earlier one was too many.
    pub unasked: Vec<Mailbox>,
    /// The number of recipients that the server took.
    pub taken: u32,
    /// Whether `taken` is the server's limit: it refused all recipients behind these as too many, and no
    /// other.
    pub is_count: bool,
    /// The evidence that they were too many.
    pub basis: Basis,
}

/// How it is known that a server refused recipients as too many (RFC 5321, section 4.5.3.1.10), the surest
/// first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// An enhanced code says so: x.5.3.
    EnhancedCode,
    /// The last recipients were all refused with a 452 or 552 without an enhanced code, which may also mean a
    /// full mailbox.
    LastRefused,
    /// All recipients but the first were refused with a 451 without an enhanced code. The server takes one
    /// recipient a transaction, or it delays unknown recipients (greylisting).
    OnlyFirstTaken,
}

/// A server's replies to recipients before the connection ended.
#[derive(Clone, Debug)]
pub struct LastReplies {
    /// The limit of recipients in a transaction: the number that the server took before it refused others as
    /// too many, or the number that every server has to take.
    pub limit: Option<u32>,
    /// Recipients that were refused permanently. Some servers count these as errors, and close.
    pub refused: Vec<Refusal>,
}

impl Session {
    /// Divides recipients into transactions within the known limits of the server. No transaction has more
    /// than `limit`.
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

    /// Whether one transaction is enough for these recipients, by the limits that the server announces.
    pub fn takes_at_once(&self, recipients: &[Mailbox]) -> bool {
        Limits::of(self.extensions()).batches(recipients).len() == 1
    }

    /// Enables splitting for the transaction that was just started: recipients refused as too many are
    /// collected for another one.
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

    /// Whether all RCPT commands of an envelope leave without waiting for the reply to the 101st.
    pub(super) fn may_leave_at_once(&self, recipients: &[Mailbox]) -> bool {
        recipients.len() <= ASKED_FIRST || self.is_recipient_limit_known()
    }

    fn is_recipient_limit_known(&self) -> bool {
        let memory = self.memory();
        Limits::of(self.extensions()).recipients.is_some()
            || memory.recipient_limit().is_some()
            || memory.takes_many_recipients()
    }

    /// Call once all RCPT commands that left are answered. Sends those that were held back, unless a
    /// recipient was too many or MAIL was refused. Returns whether it sent any.
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
        self.pipeline.queue_all(std::mem::take(held_back));
        if transaction.accepted.len() >= ASKED_FIRST {
            self.memory().learn_many_recipients();
        }
        true
    }

    /// Takes the recipients that were too many for the transaction whose replies have all come.
    pub fn take_overflow(&mut self) -> Option<Overflow> {
        self.results.overflow.take()
    }

    /// The replies to recipients before the connection ended, if they make another transaction over another
    /// connection worth a try.
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

    /// Call once all recipients of a transaction are answered, and at least one was accepted.
    pub(super) fn settle_overflow(&mut self, transaction: &mut Transaction) {
        if let Some(overflow) = transaction.take_overflow() {
            self.learn_limit(&overflow);
            self.results.overflow = Some(overflow);
        }
    }

    /// Remembers a limit if it is certain. A guess holds for this message alone.
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

    /// Removes commands that are held back from those that are sent again after another AUTH.
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
    /// Moves the recipients that were too many out of the refused ones.
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
        // A transaction is split only once.
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

    /// The index of the first recipient of the tail in which every refusal may mean "too many".
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

    /// Whether a recipient was refused as too many, or may have been.
    fn is_full(&self) -> bool {
        let mut replies = self.refused.iter().map(|(_, reply)| reply);
        replies.any(Reply::is_too_many_recipients) || self.last_refused_from() < self.answered()
    }

    /// The number of answered recipients. Their replies come in order.
    fn answered(&self) -> usize {
        self.accepted.len() + self.refused.len()
    }
}

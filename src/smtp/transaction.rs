//! One mail transaction: its recipients, and the server's replies (RFC 5321, section 3.3).

use super::body::BodyEncoder;
use super::command::{Command, PendingReply};
use super::config::PartialDelivery;
use super::error::{Error, Phase, RecipientReply};
use super::mailbox::Mailbox;
use super::receipt::Receipt;
use super::reply::Reply;

pub(super) struct Transaction {
    pub recipients: Vec<Mailbox>,
    /// Octets of the message, as SIZE counts them (RFC 1870).
    pub size: u64,
    pub partial_delivery: PartialDelivery,
    pub split: RecipientSplit,
    pub body: BodyEncoder,
    mail: Answer,
    data: Answer,
    /// Indices of accepted recipients, in the order of their replies.
    pub accepted: Vec<usize>,
    pub refused: Vec<(usize, Reply)>,
    /// LMTP's replies to the message, one for each accepted recipient.
    pub delivered: Vec<(usize, Reply)>,
}

/// Whether recipients that are too many for this transaction are kept for another one.
pub(super) enum RecipientSplit {
    /// They count as refused.
    Off,
    /// They are kept. The RCPT commands in `held_back`, and the DATA behind them, wait until the server has
    /// taken the recipients before them.
    On { held_back: Vec<Command> },
}

/// The server's answer to a command of the envelope.
enum Answer {
    Awaited,
    Positive,
    Refused(Reply),
}

/// The result of all replies to an envelope.
pub(super) enum Verdict {
    /// The server accepted DATA with 354: the content is due.
    GoAhead,
    /// The recipients are accepted. DATA was not sent.
    Accepted,
    Failed(Error),
}

impl Transaction {
    pub(super) fn new(
        recipients: Vec<Mailbox>,
        size: u64,
        partial_delivery: PartialDelivery,
        body: BodyEncoder,
    ) -> Self {
        Self {
            recipients,
            size,
            partial_delivery,
            split: RecipientSplit::Off,
            body,
            mail: Answer::Awaited,
            data: Answer::Awaited,
            accepted: Vec::new(),
            refused: Vec::new(),
            delivered: Vec::new(),
        }
    }

    /// Forgets all answers, because the envelope is sent again.
    pub(super) fn forget_answers(&mut self) {
        self.mail = Answer::Awaited;
        self.data = Answer::Awaited;
        self.accepted.clear();
        self.refused.clear();
    }

    /// Records a positive or negative reply to MAIL, RCPT or DATA.
    pub(super) fn record(&mut self, awaited: PendingReply, reply: Reply) {
        match awaited {
            PendingReply::Rcpt(index) if reply.is_refusal() => self.refused.push((index, reply)),
            PendingReply::Rcpt(index) => self.accepted.push(index),
            PendingReply::Data => self.data = Answer::from(reply),
            _ => self.mail = Answer::from(reply),
        }
    }

    // --- the envelope's replies ---------------------------------------------------------------

    pub(super) fn is_mail_accepted(&self) -> bool {
        matches!(self.mail, Answer::Positive)
    }

    /// Whether the server waits for the content (354).
    pub(super) fn is_data_accepted(&self) -> bool {
        matches!(self.data, Answer::Positive)
    }

    /// Whether one refused recipient among several stops the message for all. Then the content and DATA wait
    /// for all replies, because a 354 cannot be taken back.
    pub(super) fn is_stopped_by_one_refusal(&self) -> bool {
        self.partial_delivery == PartialDelivery::Forbidden && self.recipients.len() > 1
    }

    /// Whether the replies to the recipients forbid the message.
    pub(super) fn is_refused(&self) -> bool {
        let is_for_all = self.partial_delivery == PartialDelivery::Forbidden;
        self.accepted.is_empty() || is_for_all && !self.refused.is_empty()
    }

    /// The result of the replies. Call once all of them have come.
    pub(super) fn verdict(&self) -> Verdict {
        match (&self.mail, &self.data) {
            (Answer::Refused(reply), _) => {
                Verdict::Failed(Error::Rejected(Phase::Mail, reply.clone()))
            }
            // The refusals of all recipients say more than the refusal of DATA that results from them.
            _ if self.is_refused() => Verdict::Failed(Error::RecipientsRefused(self.refused())),
            (_, Answer::Refused(reply)) => {
                Verdict::Failed(Error::Rejected(Phase::Data, reply.clone()))
            }
            (_, Answer::Positive) => Verdict::GoAhead,
            (_, Answer::Awaited) => Verdict::Accepted,
        }
    }

    /// The error of a message that left together with its envelope and has no recipient.
    pub(super) fn failure(&self) -> Option<Error> {
        match self.verdict() {
            Verdict::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// Whether every reply so far has one of `codes`, so that none judges the envelope. A refusal of DATA
    /// does not count, because it only results from the others.
    pub(super) fn is_answered_only_with(&self, codes: &[u16]) -> bool {
        let is_listed = |reply: &Reply| codes.contains(&reply.code);
        self.mail.is_nothing_but(&is_listed)
            && !self.is_data_accepted()
            && self.accepted.is_empty()
            && self.refused.iter().all(|(_, reply)| is_listed(reply))
    }

    /// The server's refusal of MAIL.
    pub(super) fn mail_refusal(&self) -> Option<&Reply> {
        match &self.mail {
            Answer::Refused(reply) => Some(reply),
            _ => None,
        }
    }

    /// The first refusal of MAIL or a recipient with this code.
    pub(super) fn refusal_with(&self, code: u16) -> Option<(Phase, &Reply)> {
        let mail = self.mail_refusal().map(|reply| (Phase::Mail, reply));
        let recipients = self.refused.iter().map(|(_, reply)| (Phase::Rcpt, reply));
        let mut refusals = mail.into_iter().chain(recipients);
        refusals.find(|(_, reply)| reply.code == code)
    }

    /// Whether some recipients wait until the server has taken those before them.
    pub(super) fn is_held_back(&self) -> bool {
        matches!(&self.split, RecipientSplit::On { held_back } if !held_back.is_empty())
    }

    // --- results ------------------------------------------------------------------------------

    /// The refused recipients, with the server's replies.
    pub(super) fn refused(&self) -> Vec<RecipientReply> {
        self.name_all(self.refused.clone())
    }

    /// The receipt after SMTP's one reply to the message.
    pub(super) fn receipt(mut self, reply: &Reply) -> Receipt {
        self.delivered = self.accepted.iter().map(|&i| (i, reply.clone())).collect();
        self.individual_receipt()
    }

    /// The receipt after LMTP's replies. Recipients without one are unknown.
    pub(super) fn individual_receipt(mut self) -> Receipt {
        let unknown = self.accepted.iter().skip(self.delivered.len());
        let unknown = unknown.map(|&i| self.name(i)).collect();
        let delivered = std::mem::take(&mut self.delivered);
        let (accepted, refused): (Vec<_>, Vec<_>) = delivered
            .into_iter()
            .partition(|(_, reply)| reply.is_success());
        self.refused.extend(refused);
        Receipt {
            unsent: Vec::new(),
            accepted: self.name_all(accepted),
            refused: self.refused(),
            unknown,
        }
    }

    fn name_all(&self, replies: Vec<(usize, Reply)>) -> Vec<RecipientReply> {
        let named = |(i, reply)| RecipientReply {
            recipient: self.name(i),
            reply,
        };
        replies.into_iter().map(named).collect()
    }

    fn name(&self, index: usize) -> String {
        let recipient = self.recipients.get(index);
        recipient.map_or(String::new(), |r| r.as_str().into())
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        if reply.is_refusal() {
            Self::Refused(reply)
        } else {
            Self::Positive
        }
    }
}

impl Answer {
    fn is_nothing_but(&self, is_listed: &impl Fn(&Reply) -> bool) -> bool {
        match self {
            Self::Awaited => true,
            Self::Positive => false,
            Self::Refused(reply) => is_listed(reply),
        }
    }
}

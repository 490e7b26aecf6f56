//! One mail transaction: who is to get the message, who may, and what became of it.

use super::body::Body;
use super::content_scan::ContentScan;
use super::envelope::Receipt;
use super::error::{Error, Phase, RecipientReply};
use super::line::{Line, Verb};
use super::mailbox::Mailbox;
use super::reply::Reply;

pub(super) struct Transaction {
    pub recipients: Vec<Mailbox>,
    pub survey: ContentScan,
    /// Whether to go on when some recipients are refused.
    pub partial: bool,
    /// Whether recipients that are too many are kept for another transaction.
    pub collects_overflow: bool,
    /// Lines of recipients that are said once it is known that the server takes so many; DATA behind them.
    pub held_back: Vec<(Verb, Line)>,
    /// The envelope left together with the end of the message before it.
    pub is_pipelined: bool,
    /// Each command is the caller's own.
    pub stepwise: bool,
    /// MAIL said SMTPUTF8.
    pub says_utf8: bool,
    pub accepted: Vec<usize>,
    pub refused: Vec<(usize, Reply)>,
    /// What LMTP said of the message, for each of the accepted.
    pub delivered: Vec<(usize, Reply)>,
    /// Why it ends, once the replies to all that was said have come.
    pub failure: Option<Error>,
    /// The server answered DATA with 354.
    pub go_ahead: bool,
    /// MAIL was accepted.
    pub begun: bool,
    /// What was said of it together with AUTH, to be said again after another AUTH.
    pub said: Vec<(Verb, Line)>,
    /// The server has taken its MAIL for a response to AUTH's challenge.
    pub is_response: bool,
    /// What AUTH was answered with, which the envelope was said together with.
    pub auth_refusal: Option<Reply>,
    pub body: Body,
}

impl Transaction {
    pub fn new(recipients: Vec<Mailbox>, survey: ContentScan, partial: bool, body: Body) -> Self {
        Self {
            recipients,
            survey,
            partial,
            collects_overflow: false,
            held_back: Vec::new(),
            is_pipelined: false,
            stepwise: false,
            says_utf8: false,
            accepted: Vec::new(),
            refused: Vec::new(),
            delivered: Vec::new(),
            failure: None,
            go_ahead: false,
            begun: false,
            said: Vec::new(),
            is_response: false,
            auth_refusal: None,
            body,
        }
    }

    /// Forgets all answers, and returns what there is to say.
    pub fn start_again(&mut self) -> Vec<(Verb, Line)> {
        self.accepted.clear();
        self.refused.clear();
        self.failure = None;
        self.begun = false;
        self.is_response = false;
        std::mem::take(&mut self.said)
    }

    /// Whether the recipients' replies forbid the message.
    pub fn is_refused(&self) -> bool {
        self.accepted.is_empty() || !self.partial && !self.refused.is_empty()
    }

    /// Whether no reply has come that judges the envelope. A 503 does not: it says that the server did not
    /// expect the command.
    pub fn is_unjudged(&self) -> bool {
        let is_out_of_order = |reply: &Reply| reply.code == 503;
        let is_mail_unjudged = match &self.failure {
            None => true,
            Some(Error::Rejected(Phase::Mail, reply)) => is_out_of_order(reply),
            Some(_) => false,
        };
        is_mail_unjudged
            && !self.begun
            && !self.go_ahead
            && self.accepted.is_empty()
            && self.refused.iter().all(|(_, reply)| is_out_of_order(reply))
    }

    /// Whether its message left with it, and in vain.
    pub fn is_lost(&self) -> bool {
        self.failure.is_some() || self.is_refused()
    }

    /// Why it is lost.
    pub fn why(&mut self) -> Option<Error> {
        let failure = self.failure.take();
        failure.or_else(|| Some(self.recipients_refused()))
    }

    /// Where all recipients were refused, or MAIL was, that says more than DATA's refusal.
    pub fn data_refused(&mut self, reply: Reply) {
        if !self.is_refused() {
            self.failure
                .get_or_insert(Error::Rejected(Phase::Data, reply));
        }
    }

    pub fn recipients_refused(&mut self) -> Error {
        Error::RecipientsRefused(self.take_refused())
    }

    pub fn take_refused(&mut self) -> Vec<RecipientReply> {
        let refused = std::mem::take(&mut self.refused);
        self.answers(refused)
    }

    pub fn refused(&self) -> Vec<RecipientReply> {
        self.answers(self.refused.clone())
    }

    /// The receipt, given the server's answer to the message for all.
    pub fn receipt(mut self, reply: &Reply) -> Receipt {
        self.delivered = self.accepted.iter().map(|&i| (i, reply.clone())).collect();
        self.individual_receipt()
    }

    /// The receipt, given what LMTP said for each; who was not answered for is unknown.
    pub fn individual_receipt(mut self) -> Receipt {
        let answered = self.delivered.len();
        let unknown = self.accepted.iter().skip(answered);
        let unknown = unknown.map(|&i| self.name(i)).collect();
        let delivered = std::mem::take(&mut self.delivered);
        let (accepted, refused): (Vec<_>, Vec<_>) = delivered
            .into_iter()
            .partition(|(_, reply)| reply.is_success());
        self.refused.extend(refused);
        Receipt {
            unsent: Vec::new(),
            accepted: self.answers(accepted),
            refused: self.take_refused(),
            unknown,
        }
    }

    fn answers(&self, replies: Vec<(usize, Reply)>) -> Vec<RecipientReply> {
        let answer = |(i, reply)| RecipientReply {
            recipient: self.name(i),
            reply,
        };
        replies.into_iter().map(answer).collect()
    }

    fn name(&self, index: usize) -> String {
        let recipient = self.recipients.get(index);
        recipient.map_or(String::new(), |r| r.as_str().into())
    }
}

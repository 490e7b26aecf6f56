//! One message: its envelope in as few flights as the server allows, its content, its receipt.

use super::content::{Encoder, Survey};
use super::envelope::{Envelope, Receipt};
use super::error::{Error, Phase, RecipientReply};
use super::line::{Line, Verb};
use super::reply::Reply;
use super::session::{Session, State};
use super::transcript::Speaker;

/// A message on its way.
pub(super) struct Transaction {
    envelope: Envelope,
    survey: Survey,
    /// Whether to go on when some recipients are refused.
    partial: bool,
    accepted: Vec<usize>,
    refused: Vec<(usize, Reply)>,
    /// Why it ends, once the replies to all that was said have come.
    failure: Option<Error>,
    /// The server answered DATA with 354.
    go_ahead: bool,
    encoder: Encoder,
}

impl Session {
    /// Brings a message as far as DATA's 354: then `write` and `finish` it.
    pub fn deliver(
        &mut self,
        envelope: Envelope,
        survey: Survey,
        partial: bool,
    ) -> Result<(), Error> {
        self.expect_ready("a message")?;
        let mail = self.mail_line(&envelope, &survey)?;
        if self.needs_reset {
            self.queue(Verb::Rset, Line::open("RSET"));
        }
        self.queue(Verb::Mail, mail);
        for (i, recipient) in envelope.recipients.iter().enumerate() {
            self.queue(
                Verb::Rcpt(i),
                Line::open(format!("RCPT TO:<{}>", recipient.as_str())),
            );
        }
        // Where one refusal is to stop the message for all, DATA waits for the replies: a 354
        // cannot be taken back.
        if self.extensions.has("PIPELINING") && (partial || envelope.recipients.len() == 1) {
            self.queue(Verb::Data, Line::open("DATA"));
        }
        self.transaction = Some(Transaction::new(envelope, survey, partial));
        self.state = State::Envelope;
        Ok(())
    }

    /// A piece of the message.
    pub fn write(&mut self, piece: &[u8]) {
        if let Some(transaction) = &mut self.transaction {
            transaction.encoder.encode(piece, &mut self.outgoing);
        }
    }

    /// The message's end: `step` until it is done, then `take_receipt`.
    pub fn finish(&mut self) {
        let Some(transaction) = &mut self.transaction else {
            return;
        };
        let encoder = std::mem::replace(&mut transaction.encoder, Encoder::new());
        encoder.finish(&mut self.outgoing);
        let size = transaction.survey.size;
        self.words
            .say(Speaker::Client, || format!("<message of {size} octets>"));
        self.message_left = false;
        self.awaited.push_back(Verb::Message);
    }

    pub(super) fn hear_envelope(&mut self, verb: Verb, reply: Reply) -> Result<(), Error> {
        let Some(transaction) = &mut self.transaction else {
            return Ok(());
        };
        match verb {
            Verb::Mail | Verb::Rcpt(_) if !reply.is_success() && !reply.is_refusal() => {
                return Err(self.refused(verb.phase(), reply));
            }
            Verb::Mail if reply.is_refusal() => {
                transaction.failure = Some(Error::Rejected(Phase::Mail, reply));
                self.queued.clear();
            }
            Verb::Rcpt(i) if reply.is_success() => transaction.accepted.push(i),
            Verb::Rcpt(i) => transaction.refused.push((i, reply)),
            Verb::Data if reply.code == 354 => transaction.go_ahead = true,
            Verb::Data if reply.is_refusal() => transaction.data_refused(reply),
            Verb::Data => return Err(self.refused(verb.phase(), reply)),
            _ => {}
        }
        Ok(())
    }

    /// All that was said of the envelope is answered.
    pub(super) fn settle_envelope(&mut self) -> Result<(), Error> {
        let Some(transaction) = &mut self.transaction else {
            return Ok(());
        };
        if let Some(failure) = transaction.failure.take() {
            // 354 all the same: a dot would send an empty message (RFC 2920, section 3.1).
            let committed = transaction.go_ahead;
            self.transaction = None;
            self.needs_reset = true;
            self.state = if committed {
                State::Closed
            } else {
                State::Ready
            };
            return Err(failure);
        }
        match (transaction.is_refused(), transaction.go_ahead) {
            (false, true) => self.state = State::Content,
            (false, false) => self.queue(Verb::Data, Line::open("DATA")),
            (true, go_ahead) => {
                transaction.go_ahead = false;
                transaction.failure = Some(Error::RecipientsRefused(transaction.take_refused()));
                if go_ahead {
                    // No one is to get it: a dot alone ends the DATA.
                    self.queue(Verb::NoMessage, Line::open("."));
                }
            }
        }
        Ok(())
    }

    pub(super) fn accepted(&mut self, reply: &Reply) {
        self.state = State::Ready;
        self.receipt = self.transaction.take().map(|t| t.receipt(reply));
    }

    /// MAIL with the parameters that the message has and the server offers.
    fn mail_line(&self, envelope: &Envelope, survey: &Survey) -> Result<Line, Error> {
        let offers = |keyword| self.extensions.has(keyword);
        if let Some(limit) = self
            .extensions
            .size_limit()
            .filter(|&limit| survey.size > limit)
        {
            return Err(Error::MessageTooLarge(limit));
        }
        for (keyword, needed) in [
            ("8BITMIME", survey.eight_bit),
            ("SMTPUTF8", !envelope.is_ascii()),
        ] {
            if needed && !offers(keyword) {
                return Err(Error::ExtensionUnavailable(keyword.into()));
            }
        }
        let mut line = format!(
            "MAIL FROM:<{}>",
            envelope.sender.as_ref().map_or("", |s| s.as_str())
        );
        if offers("SIZE") {
            line += &format!(" SIZE={}", survey.size);
        }
        if offers("8BITMIME") {
            line += " BODY=8BITMIME";
        }
        // Only where it is needed (RFC 6531, section 3.4).
        if !envelope.is_ascii() {
            line += " SMTPUTF8";
        }
        Ok(Line::open(line))
    }
}

impl Transaction {
    fn new(envelope: Envelope, survey: Survey, partial: bool) -> Self {
        Self {
            envelope,
            survey,
            partial,
            accepted: Vec::new(),
            refused: Vec::new(),
            failure: None,
            go_ahead: false,
            encoder: Encoder::new(),
        }
    }

    /// Whether the recipients' replies forbid the message.
    fn is_refused(&self) -> bool {
        self.accepted.is_empty() || !self.partial && !self.refused.is_empty()
    }

    /// Where all recipients were refused, or MAIL was, that says more than DATA's refusal.
    fn data_refused(&mut self, reply: Reply) {
        if !self.is_refused() {
            self.failure
                .get_or_insert(Error::Rejected(Phase::Data, reply));
        }
    }

    fn receipt(mut self, reply: &Reply) -> Receipt {
        let accepted = self
            .accepted
            .iter()
            .map(|&i| self.answer(i, reply.clone()))
            .collect();
        Receipt {
            accepted,
            refused: self.take_refused(),
        }
    }

    fn take_refused(&mut self) -> Vec<RecipientReply> {
        let refused = std::mem::take(&mut self.refused);
        refused
            .into_iter()
            .map(|(i, reply)| self.answer(i, reply))
            .collect()
    }

    fn answer(&self, index: usize, reply: Reply) -> RecipientReply {
        let recipient = self
            .envelope
            .recipients
            .get(index)
            .map_or("", |r| r.as_str());
        RecipientReply {
            recipient: recipient.into(),
            reply,
        }
    }
}

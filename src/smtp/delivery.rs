//! One message: its envelope in as few flights as the server allows, its content, its receipt.

use super::body::{Allowed, Body, CHUNK};
use super::content_scan::ContentScan;
use super::envelope::{Envelope, Receipt};
use super::error::{Error, Phase};
use super::line::{Line, Verb};
use super::mailbox::Mailbox;
use super::options::{self, MailContext, Options};
use super::reply::Reply;
use super::session::{Dialect, PipeliningAfterMessage, Session, State};
use super::transaction::Transaction;
use super::transcript::Speaker;

/// Chunks on their way before the server's answers to them are waited for.
const MAX_CHUNKS_AHEAD: usize = 4;

/// What is known of a message before it is sent.
#[derive(Clone, Copy, Debug)]
pub enum Content {
    /// All of it.
    Whole(ContentScan),
    /// It comes in pieces, of which each is looked at.
    Pieces,
}

impl Content {
    fn survey(self) -> Option<ContentScan> {
        match self {
            Self::Whole(survey) => Some(survey),
            Self::Pieces => None,
        }
    }
}

impl Session {
    /// Brings a message to where its content can leave: then `write` and `finish` it.
    pub fn deliver(
        &mut self,
        envelope: Envelope,
        options: &Options,
        content: Content,
        partial: bool,
    ) -> Result<(), Error> {
        self.expect_ready("a message")?;
        let group = self.envelope_lines(&envelope, options, content)?;
        if let Some(auth) = self.held.take() {
            self.queue(Verb::AuthAtOnce, auth);
        }
        if self.needs_reset {
            self.queue(Verb::Rset, Line::open("RSET"));
        }
        self.queued.extend(group);
        let says_utf8 = options.smtputf8() || !envelope.is_ascii();
        let body = self.body(content, options, says_utf8);
        // Where one refusal is to stop the message for all, DATA waits for the replies: a 354
        // cannot be taken back.
        let may_group_data = partial || envelope.recipients.len() == 1;
        if self.extensions.has("PIPELINING") && may_group_data && !body.is_chunked() {
            self.queue(Verb::Data, Line::open("DATA"));
        }
        let survey = content.survey().unwrap_or_default();
        let mut transaction = Transaction::new(envelope.recipients, survey, partial, body);
        transaction.is_pipelined = self.leaving.is_some();
        if let Some((Verb::AuthAtOnce, _)) = self.queued.front() {
            transaction.said = self.queued.iter().skip(1).cloned().collect();
        }
        self.failed = None;
        self.transaction = Some(transaction);
        self.transactions += 1;
        self.state = State::Envelope;
        if self.leaving.is_some() {
            // Together with the message's end, not after its answer.
            self.say_group();
        }
        Ok(())
    }

    /// Whether a message of so many octets, just begun, may leave with its envelope: in a single
    /// chunk, which a server that refuses the envelope throws away (RFC 3030, section 2).
    pub fn may_hurry(&self, octets: u64) -> bool {
        let is_after_auth = matches!(self.queued.front(), Some((Verb::AuthAtOnce, _)));
        let may = |t: &Transaction| {
            t.body.is_chunked() && t.held_back.is_empty() && (t.partial || t.recipients.len() == 1)
        };
        self.extensions.has("PIPELINING")
            && self.plan.dialect == Dialect::Smtp
            && !is_after_auth
            && !self.needs_reset
            && octets < CHUNK as u64
            && self.transaction.as_ref().is_some_and(may)
    }

    /// Says the envelope, for the content to leave behind it.
    pub fn hurry(&mut self) {
        self.say_group();
        self.state = State::Content;
    }

    /// Whether an envelope may leave in one flight with the end of the message before it.
    pub fn may_follow(&self, recipients: &[Mailbox]) -> bool {
        self.may_end()
            && self.takes_more()
            && self.may_leave_at_once(recipients)
            && self.batches(recipients, None).len() == 1
    }

    /// Whether anything may: not while the message's own envelope is unanswered, as that may need
    /// another transaction; nor in LMTP, whose answers are many.
    pub fn may_end(&self) -> bool {
        self.extensions.has("PIPELINING")
            && self.plan.dialect == Dialect::Smtp
            && self.awaited.iter().all(|verb| *verb == Verb::Chunk)
            && self.bears_pipelining_after_message()
    }

    fn bears_pipelining_after_message(&self) -> bool {
        let is_chunked = |t: &Transaction| t.body.is_chunked();
        let is_allowed = match self.plan.after_message {
            PipeliningAfterMessage::Never => false,
            PipeliningAfterMessage::AfterBdat => self.transaction.as_ref().is_some_and(is_chunked),
            PipeliningAfterMessage::Always => true,
        };
        is_allowed && !self.memory().drops_after_message()
    }

    /// A piece of the message. What is wrong with it ends the session: SMTP has no other way to
    /// take back half a message.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        let Some(transaction) = &mut self.transaction else {
            return Err(Error::WrongState("no message is on its way".into()));
        };
        let body = &mut transaction.body;
        match self.outgoing.append(|out| body.write(piece, out)) {
            Ok(chunks) => self.awaited.extend((0..chunks).map(|_| Verb::Chunk)),
            Err(error) => {
                self.end();
                return Err(error);
            }
        }
        Ok(())
    }

    /// Whether the server has to answer for chunks before more are written.
    pub fn is_ahead(&self) -> bool {
        let allowed = match self.extensions.has("PIPELINING") {
            true => MAX_CHUNKS_AHEAD,
            false => 0,
        };
        self.state == State::Content && self.awaited.len() > allowed
    }

    /// The message's end: `step` until it is done, then `take_receipt`.
    pub fn finish(&mut self) {
        let Some(transaction) = &mut self.transaction else {
            return;
        };
        let body = std::mem::replace(&mut transaction.body, Body::data());
        let size = body.size().unwrap_or(transaction.survey.size);
        self.outgoing.append(|out| body.finish(out));
        self.words
            .say(Speaker::Client, || format!("<message of {size} octets>"));
        self.message_end = self.outgoing.len();
        self.message_left = false;
        self.leaving = self.transaction.take();
        self.state = State::Ready;
        match self.plan.dialect {
            Dialect::Smtp => self.awaited.push_back(Verb::Message),
            Dialect::Lmtp => {
                let accepted = self.leaving.iter().flat_map(|t| &t.accepted);
                self.awaited.extend(accepted.map(|&i| Verb::MessageFor(i)));
            }
        }
    }

    pub(super) fn hear_envelope(&mut self, verb: Verb, reply: Reply) -> Result<(), Error> {
        self.hear_behind_auth(&reply);
        // The latter where its message left with it.
        let Some(transaction) = self.transaction.as_mut().or(self.leaving.as_mut()) else {
            return Ok(());
        };
        if transaction.stepwise {
            return self.hear_step(verb, reply);
        }
        match verb {
            Verb::Mail | Verb::Rcpt(_) if !reply.is_success() && !reply.is_refusal() => {
                return Err(self.refused(verb.phase(), reply));
            }
            Verb::Mail if reply.is_refusal() => {
                transaction.failure = Some(Error::Rejected(Phase::Mail, reply));
                self.queued.clear();
            }
            Verb::Mail => transaction.begun = true,
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
        if self.settle_early_envelope() {
            return Ok(());
        }
        let Some(transaction) = &mut self.transaction else {
            return Ok(());
        };
        if let Some(refusal) = transaction.auth_refusal.take() {
            return self.settle_refused_group(refusal);
        }
        if transaction.is_pipelined && transaction.is_unjudged() {
            return self.settle_unjudged();
        }
        if let Some(failure) = transaction.failure.take() {
            // 354 all the same: a dot would send an empty message (RFC 2920, section 3.1).
            let committed = transaction.go_ahead;
            self.failed = self.transaction.take();
            self.needs_reset = true;
            self.state = if committed {
                State::Closed
            } else {
                State::Ready
            };
            return Err(failure);
        }
        if self.ask_for_the_others() {
            return Ok(());
        }
        let Some(transaction) = &mut self.transaction else {
            return Ok(());
        };
        match (transaction.is_refused(), transaction.go_ahead) {
            (false, true) => self.begin_content(),
            (false, false) if transaction.body.is_chunked() => self.begin_content(),
            (false, false) => self.queue(Verb::Data, Line::open("DATA")),
            (true, go_ahead) => {
                transaction.go_ahead = false;
                transaction.failure = Some(transaction.recipients_refused());
                if go_ahead {
                    // No one is to get it: a dot alone ends the DATA.
                    self.queue(Verb::NoMessage, Line::open("."));
                }
            }
        }
        Ok(())
    }

    /// The server has answered each command of an envelope that left with the end of the message before it, and
    /// has judged none. The session is in step; the envelope is to be sent alone.
    fn settle_unjudged(&mut self) -> Result<(), Error> {
        self.memory().learn_drop_after_message();
        self.transaction = None;
        self.needs_reset = true;
        self.state = State::Ready;
        Ok(())
    }

    fn begin_content(&mut self) {
        if let Some(mut transaction) = self.transaction.take() {
            self.settle_overflow(&mut transaction);
            self.transaction = Some(transaction);
        }
        self.state = State::Content;
    }

    /// What the server says of a chunk, or of the whole message.
    pub(super) fn hear_content(&mut self, verb: Verb, reply: Reply) -> Result<(), Error> {
        match verb {
            Verb::Message if self.leaving.as_ref().is_some_and(Transaction::is_lost) => {
                self.needs_reset = true;
                let lost = self.leaving.take().and_then(|mut lost| lost.why());
                lost.map_or(Ok(()), Err)
            }
            Verb::Chunk | Verb::Message if !reply.is_success() => {
                Err(self.message_refused(verb, reply))
            }
            Verb::Chunk => Ok(()),
            Verb::MessageFor(i) => self.hear_for(i, reply),
            _ => {
                if let Some(mut transaction) = self.leaving.take() {
                    // Not done yet where the message left with its envelope.
                    self.settle_overflow(&mut transaction);
                    self.receipt = Some(transaction.receipt(&reply));
                }
                Ok(())
            }
        }
    }

    /// The receipt as far as the server gave it, where the connection ended in the middle of
    /// LMTP's answers.
    pub fn take_partial_receipt(&mut self) -> Option<Receipt> {
        let transaction = self.leaving.take()?;
        let begun = transaction
            .delivered
            .iter()
            .any(|(_, reply)| reply.is_success());
        if begun {
            return Some(transaction.individual_receipt());
        }
        self.failed = Some(transaction);
        None
    }

    /// After a refused chunk nothing but RSET may follow (RFC 3030, section 2); chunks that left
    /// before it are refused too, and the connection given up rather than their replies sorted.
    fn message_refused(&mut self, verb: Verb, reply: Reply) -> Error {
        let phase = verb.phase();
        if !reply.is_refusal() {
            return self.broken(phase, format!("{} is no answer to a message", reply.code));
        }
        self.failed = self.leaving.take();
        if verb == Verb::Chunk {
            let transaction = self.transaction.take();
            self.failed = self.failed.take().or(transaction);
            self.needs_reset = true;
            self.state = match self.awaited.is_empty() {
                true => State::Ready,
                false => State::Closed,
            };
        }
        Error::Rejected(phase, reply)
    }

    fn hear_for(&mut self, index: usize, reply: Reply) -> Result<(), Error> {
        let Some(transaction) = &mut self.leaving else {
            return Ok(());
        };
        transaction.delivered.push((index, reply));
        if !self.awaited.is_empty() {
            return Ok(());
        }
        let receipt = self.leaving.take().map(Transaction::individual_receipt);
        match receipt {
            Some(receipt) if receipt.accepted.is_empty() => {
                Err(Error::RecipientsRefused(receipt.refused))
            }
            receipt => {
                self.receipt = receipt;
                Ok(())
            }
        }
    }

    /// How the message leaves: BDAT needs no look at its dots.
    pub(super) fn body(&self, content: Content, options: &Options, says_utf8: bool) -> Body {
        let body = if options.body() == Some(options::Body::BinaryMime) {
            Body::binary()
        } else if self.plan.may_chunk && self.extensions.has("CHUNKING") {
            Body::chunks()
        } else {
            Body::data()
        };
        match content {
            Content::Whole(_) => body,
            Content::Pieces => body.surveyed(Allowed {
                eight_bit: self.extensions.has("8BITMIME"),
                utf8: self.extensions.has("SMTPUTF8"),
                says_utf8,
                size: self.extensions.size_limit(),
            }),
        }
    }

    /// MAIL and each RCPT, all of which can be said to this server.
    fn envelope_lines(
        &self,
        envelope: &Envelope,
        options: &Options,
        content: Content,
    ) -> Result<Vec<(Verb, Line)>, Error> {
        let mut wire = Vec::new();
        for recipient in &envelope.recipients {
            wire.push(self.on_the_wire(recipient)?);
        }
        let mail = self.mail_line(envelope.sender.as_ref(), &wire, options, content)?;
        let mut lines = vec![(Verb::Mail, mail)];
        for (i, (recipient, wire)) in envelope.recipients.iter().zip(&wire).enumerate() {
            let parameters = options.rcpt_parameters(recipient, &self.extensions)?;
            lines.push((Verb::Rcpt(i), rcpt_line(wire, &parameters)));
        }
        Ok(lines)
    }

    /// MAIL with the parameters that the message has and the server offers.
    pub(super) fn mail_line(
        &self,
        sender: Option<&Mailbox>,
        recipients: &[Mailbox],
        options: &Options,
        content: Content,
    ) -> Result<Line, Error> {
        let sender = sender.map(|sender| self.on_the_wire(sender)).transpose()?;
        let parameters = options.mail_parameters(&MailContext {
            extensions: &self.extensions,
            secure: self.secure,
            may_chunk: self.plan.may_chunk,
            envelope_ascii: sender.iter().chain(recipients).all(Mailbox::is_ascii),
            survey: content.survey().as_ref(),
        })?;
        let path = sender.as_ref().map_or("", |sender| sender.as_str());
        Ok(Line::open(format!("MAIL FROM:<{path}>{parameters}")))
    }

    /// With the domain in A-labels where the server lacks SMTPUTF8.
    pub(super) fn on_the_wire(&self, mailbox: &Mailbox) -> Result<Mailbox, Error> {
        if mailbox.is_ascii() || self.extensions.has("SMTPUTF8") {
            return Ok(mailbox.clone());
        }
        let unavailable = |need| Error::unavailable("SMTPUTF8", need);
        mailbox.to_ascii().map_err(unavailable)
    }
}

pub(super) fn rcpt_line(recipient: &Mailbox, parameters: &str) -> Line {
    Line::open(format!("RCPT TO:<{}>{parameters}", recipient.as_str()))
}

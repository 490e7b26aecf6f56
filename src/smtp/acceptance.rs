//! The content of a message, its end, and the server's reply to it (RFC 5321, section 4.1.1.4; BDAT: RFC
//! 3030; LMTP: RFC 2033, section 4.2).

use super::body::{Allowed, BodyEncoder};
use super::command::{Command, PendingReply};
use super::config::Protocol;
use super::content_policy::ContentPolicy;
use super::delivery::MessageInfo;
use super::error::{Error, Phase};
use super::parameters::{BodyType, Options};
use super::receipt::Receipt;
use super::reply::Reply;
use super::session::{Reuse, Session};
use super::state::{AfterMessage, AwaitingAcceptance, Idle, Reset, State};
use super::transaction::Transaction;
use super::transcript::Speaker;

impl Session {
    /// The encoder of the content: for BDAT if possible, because that needs no dot-stuffing.
    pub(super) fn body_encoder(
        &self,
        message: MessageInfo,
        options: &Options,
        says_utf8: bool,
    ) -> BodyEncoder {
        let body = if options.body() == Some(BodyType::BinaryMime) {
            BodyEncoder::binary()
        } else if self.config.server.chunking && self.offers("CHUNKING") {
            BodyEncoder::chunks()
        } else {
            BodyEncoder::data()
        };
        match message {
            MessageInfo::Scanned(_) => body,
            MessageInfo::Unknown => body.scanning(Allowed {
                policy: ContentPolicy::of(self.extensions()),
                says_utf8,
            }),
        }
    }

    /// Writes a piece of the message. A fault in it ends the session, because SMTP has no other way to cancel
    /// half a message.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        let State::Content(transaction) = &mut self.state else {
            return Err(Error::WrongState("no message is on its way".into()));
        };
        let body = &mut transaction.body;
        let written = self.pipeline.write_content(|out| body.write(piece, out));
        if written.is_err() {
            self.close();
        }
        written
    }

    /// Whether the server has to reply to chunks before more content is written.
    pub fn has_too_many_chunks(&self) -> bool {
        self.is_writing() && self.pipeline.has_too_many_chunks()
    }

    /// Ends the message: `take_receipt` has its result once the session is idle.
    pub fn finish(&mut self) {
        let mut transaction = match self.take_state() {
            State::Content(transaction) => transaction,
            other => {
                self.state = other;
                return;
            }
        };
        let body = transaction.body.take();
        let size = body.size().unwrap_or(transaction.size);
        let replies = match self.protocol() {
            Protocol::Smtp => vec![PendingReply::Message],
            Protocol::Lmtp => {
                let accepted = transaction.accepted.iter();
                accepted.map(|&i| PendingReply::MessageFor(i)).collect()
            }
        };
        self.pipeline.end_message(|out| body.finish(out), replies);
        self.transcript
            .record(Speaker::Client, || format!("<message of {size} octets>"));
        self.enter(State::AwaitingAcceptance(AwaitingAcceptance {
            transaction,
            next: AfterMessage::Nothing,
        }));
    }

    /// Sends QUIT together with the end of the message, if `may_pipeline_quit` allowed it before `finish`.
    pub fn pipeline_quit(&mut self) {
        if let State::AwaitingAcceptance(awaiting) = &mut self.state {
            awaiting.next = AfterMessage::Quit;
            self.pipeline
                .queue(Command::new(PendingReply::Quit, "QUIT"));
            self.flush();
        }
    }

    /// Whether an envelope or QUIT left together with the end of a message that is not answered yet.
    pub fn is_message_followed(&self) -> bool {
        match &self.state {
            State::AwaitingAcceptance(awaiting) => !matches!(awaiting.next, AfterMessage::Nothing),
            _ => false,
        }
    }

    // --- replies ------------------------------------------------------------------------------

    pub(super) fn on_message_accepted(&mut self, reply: &Reply) -> Result<(), Error> {
        let Some(mut transaction) = self.leave_acceptance() else {
            return Ok(());
        };
        if let Some(error) = transaction.failure() {
            // The content left before the envelope was answered, and no recipient was accepted.
            self.mark_reset_due();
            return Err(error);
        }
        // If the content left together with the envelope, this is still to be done.
        self.settle_overflow(&mut transaction);
        self.results.receipt = Some(transaction.receipt(reply));
        Ok(())
    }

    /// Only RSET may follow a refused chunk (RFC 3030, section 2). Chunks that left behind it are refused
    /// too. The session closes then, because their replies are of no use.
    pub(super) fn on_message_refused(&mut self, reply_to: PendingReply, reply: Reply) -> Error {
        if reply_to == PendingReply::Chunk {
            return self.on_chunk_refused(reply);
        }
        let Some(transaction) = self.leave_acceptance() else {
            return Error::Rejected(Phase::Acceptance, reply);
        };
        if let Some(error) = transaction.failure() {
            self.mark_reset_due();
            return error;
        }
        if transaction.body.is_chunked() {
            self.spoil_by(&reply);
        }
        self.results.failed = Some(transaction);
        if reply.is_intermediate() {
            return self.nonsense(Phase::Acceptance, &reply);
        }
        Error::Rejected(Phase::Acceptance, reply)
    }

    fn spoil_by(&mut self, refusal: &Reply) {
        if refusal.is_transient() {
            self.reuse = Reuse::Spoilt;
        }
    }

    fn on_chunk_refused(&mut self, reply: Reply) -> Error {
        self.spoil_by(&reply);
        self.results.failed = self.take_state().into_transaction();
        self.enter(State::Idle(Idle::after_failure()));
        if self.pipeline.awaits_reply() {
            self.close();
        }
        Error::Rejected(Phase::Content, reply)
    }

    pub(super) fn on_recipient_reply(
        &mut self,
        reply_to: PendingReply,
        reply: Reply,
    ) -> Result<(), Error> {
        let (PendingReply::MessageFor(index), Some(transaction)) =
            (reply_to, self.state.transaction_mut())
        else {
            return Ok(());
        };
        transaction.delivered.push((index, reply));
        if self.pipeline.awaits_reply() {
            return Ok(());
        }
        let Some(transaction) = self.leave_acceptance() else {
            return Ok(());
        };
        let receipt = transaction.individual_receipt();
        if receipt.accepted.is_empty() {
            return Err(Error::RecipientsRefused(receipt.refused));
        }
        self.results.receipt = Some(receipt);
        Ok(())
    }

    /// The receipt from an LMTP server's replies so far, if the connection ended among them.
    pub(super) fn take_partial_receipt(&mut self) -> Option<Receipt> {
        let is_begun = |transaction: &mut Transaction| {
            let mut delivered = transaction.delivered.iter();
            delivered.any(|(_, reply)| reply.is_success())
        };
        let transaction = self.results.failed.take_if(is_begun)?;
        Some(transaction.individual_receipt())
    }

    /// Enters the state for the envelope or QUIT that left together with the end of the message, else `Idle`.
    /// Returns the transaction.
    fn leave_acceptance(&mut self) -> Option<Transaction> {
        let AwaitingAcceptance { transaction, next } = match self.take_state() {
            State::AwaitingAcceptance(awaiting) => awaiting,
            other => {
                self.state = other;
                return None;
            }
        };
        self.enter(match next {
            AfterMessage::Envelope(envelope) => State::Envelope(envelope),
            AfterMessage::Nothing | AfterMessage::Quit => State::Idle(Idle::default()),
        });
        Some(transaction)
    }

    fn mark_reset_due(&mut self) {
        if let State::Idle(idle) = &mut self.state {
            idle.reset = Reset::Due;
        }
    }
}

//! The envelope of one message: MAIL, RCPT and DATA in as few flights as the server allows.

use std::mem;

use super::auth_group::GroupedAuth;
use super::authentication::Authentication;
use super::body::CHUNK;
use super::command::{Command, PendingReply};
use super::config::{PartialDelivery, PipeliningAfterMessage, Protocol};
use super::content_scan::ContentScan;
use super::envelope::Envelope;
use super::error::{Error, Phase};
use super::mailbox::Mailbox;
use super::parameters::Options;
use super::reply::Reply;
use super::session::Session;
use super::state::{
    AfterMessage, Discarding, EnvelopeSent, EnvelopeState, Idle, LostEnvelope, State,
};
use super::transaction::{Transaction, Verdict};

/// The reply of a server that does not expect a command (RFC 5321, section 4.2.3).
const BAD_SEQUENCE: [u16; 1] = [503];

/// The knowledge about a message before it is sent.
#[derive(Clone, Copy, Debug)]
pub enum MessageInfo {
    /// The whole message was scanned.
    Scanned(ContentScan),
    /// It comes in pieces. Each is scanned when it is written.
    Unknown,
}

impl MessageInfo {
    pub(super) fn scan(self) -> Option<ContentScan> {
        match self {
            Self::Scanned(scan) => Some(scan),
            Self::Unknown => None,
        }
    }
}

impl Session {
    /// Sends the envelope of a message; then `write` and `finish` its content. After `finish`, this sends the
    /// next envelope together with the end of the message, if `may_pipeline_envelope` allowed it.
    pub fn start_message(
        &mut self,
        envelope: Envelope,
        options: &Options,
        message: MessageInfo,
        partial_delivery: PartialDelivery,
    ) -> Result<(), Error> {
        let is_pipelined = matches!(
            &self.state,
            State::AwaitingAcceptance(awaiting) if matches!(awaiting.next, AfterMessage::Nothing)
        );
        if !is_pipelined {
            self.expect_no_transaction("a message")?;
        }
        let mut commands = self.envelope_commands(&envelope, options, message)?;
        let says_utf8 = options.smtputf8() || !envelope.is_ascii();
        let body = self.body_encoder(message, options, says_utf8);
        let size = message.scan().map_or(0, |scan| scan.size);
        let transaction = Transaction::new(envelope.recipients, size, partial_delivery, body);
        let may_group_data = !transaction.is_stopped_by_one_refusal();
        if self.pipeline.is_offered && may_group_data && !transaction.body.is_chunked() {
            commands.push(Command::new(PendingReply::Data, "DATA"));
        }
        self.transactions += 1;
        self.results.failed = None;
        if is_pipelined {
            self.pipeline_envelope(transaction, commands);
        } else {
            self.send_envelope(transaction, commands);
        }
        Ok(())
    }

    fn send_envelope(&mut self, transaction: Transaction, commands: Vec<Command>) {
        let not_done = Authentication::NotDone;
        let sent = match mem::replace(&mut self.authentication, not_done) {
            Authentication::Deferred(login, auth) => {
                self.pipeline.queue(auth);
                EnvelopeSent::BehindAuth(Box::new(GroupedAuth::new(*login, commands.clone())))
            }
            other => {
                self.authentication = other;
                EnvelopeSent::Alone
            }
        };
        self.queue_reset_if_due();
        self.pipeline.queue_all(commands);
        self.enter(State::Envelope(EnvelopeState { transaction, sent }));
    }

    /// Sends the envelope together with the end of the previous message, before the reply to that.
    fn pipeline_envelope(&mut self, transaction: Transaction, commands: Vec<Command>) {
        self.pipeline.queue_all(commands);
        if let State::AwaitingAcceptance(awaiting) = &mut self.state {
            awaiting.next = AfterMessage::Envelope(EnvelopeState {
                transaction,
                sent: EnvelopeSent::BehindMessage,
            });
        }
        self.flush();
    }

    /// Whether the content of a message that was just started, of `octets`, may leave together with its
    /// envelope: in a single chunk, which the server discards if it refuses the envelope (RFC 3030, section
    /// 2).
    pub fn may_pipeline_content(&self, octets: u64) -> bool {
        let State::Envelope(EnvelopeState {
            transaction,
            sent: EnvelopeSent::Alone,
        }) = &self.state
        else {
            return false;
        };
        let mut queued = self.pipeline.queued();
        self.pipeline.is_offered
            && self.protocol() == Protocol::Smtp
            && transaction.body.is_chunked()
            && !transaction.is_held_back()
            && !transaction.is_stopped_by_one_refusal()
            && queued
                .next()
                .is_some_and(|command| command.awaits == PendingReply::Mail)
            && octets < CHUNK as u64
    }

    /// Sends the envelope. The content leaves behind it without a wait.
    pub fn pipeline_content(&mut self) {
        self.flush();
        match self.take_state() {
            State::Envelope(envelope) => {
                self.enter(State::Content(envelope.transaction));
            }
            other => self.state = other,
        }
    }

    /// Whether an envelope may leave in one flight with the end of the message that is being written.
    pub fn may_pipeline_envelope(&self, recipients: &[Mailbox]) -> bool {
        self.may_pipeline_quit()
            && self.takes_more()
            && self.may_leave_at_once(recipients)
            && self.batches(recipients, None).len() == 1
    }

    /// Whether anything may leave with the end of the message that is being written. It may not if the
    /// message's own envelope is unanswered, because that may need another transaction, nor in LMTP, which
    /// has many replies.
    pub fn may_pipeline_quit(&self) -> bool {
        let State::Content(transaction) = &self.state else {
            return false;
        };
        let is_allowed = match self.config.server.pipelining_after_message {
            PipeliningAfterMessage::Never => false,
            PipeliningAfterMessage::AfterBdat => transaction.body.is_chunked(),
            PipeliningAfterMessage::Always => true,
        };
        is_allowed
            && self.pipeline.is_offered
            && self.protocol() == Protocol::Smtp
            && self.pipeline.awaits_only_chunks()
            && !self.memory().drops_after_message()
    }

    /// Whether the awaited replies come soon or never: the end of the message or AUTH is answered, but none
    /// of the commands that left with it is judged.
    pub fn may_wait_in_vain(&self) -> bool {
        self.state.is_ignored_behind_message() || self.awaits_behind_auth()
    }

    /// Call after the session has ended. If an envelope that left with the end of the previous message was
    /// not answered, no other leaves so.
    pub fn learn_lost_envelope(&mut self) {
        if matches!(&self.state, State::Closed(closed) if closed.lost == LostEnvelope::BehindMessage)
        {
            self.memory().learn_drop_after_message();
        }
    }

    // --- replies ------------------------------------------------------------------------------

    pub(super) fn on_envelope_reply(
        &mut self,
        reply_to: PendingReply,
        reply: Reply,
    ) -> Result<(), Error> {
        if reply.is_intermediate() && reply.code != 354 {
            return Err(self.nonsense(Phase::Data, &reply));
        }
        if reply_to == PendingReply::Mail && reply.is_refusal() {
            self.pipeline.take_queued(|_| true);
        }
        if let Some(transaction) = self.state.transaction_mut() {
            transaction.record(reply_to, reply);
        }
        Ok(())
    }

    /// All replies to the envelope have come.
    pub(super) fn judge_envelope(&mut self) -> Result<(), Error> {
        let is_ignored = self.state.is_ignored_behind_message();
        let State::Envelope(EnvelopeState { transaction, sent }) = self.take_state() else {
            return Ok(());
        };
        match sent {
            EnvelopeSent::BehindAuth(group) if group.came_too_early(&transaction) => {
                self.send_early_envelope_again(transaction, *group);
                Ok(())
            }
            EnvelopeSent::BehindAuth(group) if group.is_refused() => {
                self.judge_refused_auth(transaction, *group)
            }
            _ if is_ignored => {
                // All replies have come, so the session goes on. The caller sends the envelope again, alone.
                self.memory().learn_drop_after_message();
                self.enter(State::Idle(Idle::after_failure()));
                Ok(())
            }
            _ => self.judge_recipients(transaction),
        }
    }

    fn judge_recipients(&mut self, mut transaction: Transaction) -> Result<(), Error> {
        if self.ask_for_the_others(&mut transaction) {
            self.enter_envelope(transaction);
            return Ok(());
        }
        match transaction.verdict() {
            Verdict::Accepted if !transaction.body.is_chunked() => {
                self.enter_envelope(transaction);
                self.queue(PendingReply::Data, "DATA");
                Ok(())
            }
            Verdict::Accepted | Verdict::GoAhead => {
                self.settle_overflow(&mut transaction);
                self.enter(State::Content(transaction));
                Ok(())
            }
            Verdict::Failed(error) => self.fail_envelope(transaction, error),
        }
    }

    fn fail_envelope(&mut self, transaction: Transaction, error: Error) -> Result<(), Error> {
        if !transaction.is_data_accepted() {
            self.results.failed = Some(transaction);
            self.enter(State::Idle(Idle::after_failure()));
            return Err(error);
        }
        if transaction.mail_refusal().is_some() {
            // The server accepted DATA all the same. A dot sends an empty message (RFC 2920, section 3.1).
            self.results.failed = Some(transaction);
            self.close();
            return Err(error);
        }
        // No recipient was accepted, so a dot alone ends the DATA.
        self.queue(PendingReply::EmptyMessage, ".");
        self.enter(State::Discarding(Discarding { transaction, error }));
        Ok(())
    }

    fn enter_envelope(&mut self, transaction: Transaction) {
        self.enter(State::Envelope(EnvelopeState {
            transaction,
            sent: EnvelopeSent::Alone,
        }));
    }

    /// Any reply to the dot alone means that the DATA has ended.
    pub(super) fn on_discarded(&mut self) -> Result<(), Error> {
        let State::Discarding(Discarding { transaction, error }) = self.take_state() else {
            return Ok(());
        };
        self.results.failed = Some(transaction);
        self.enter(State::Idle(Idle::after_failure()));
        Err(error)
    }
}

impl State {
    /// Whether an envelope that left with the end of the previous message has no answer, or only 503.
    pub(super) fn is_ignored_behind_message(&self) -> bool {
        matches!(
            self,
            Self::Envelope(EnvelopeState { transaction, sent: EnvelopeSent::BehindMessage })
                if transaction.is_answered_only_with(&BAD_SEQUENCE)
        )
    }
}

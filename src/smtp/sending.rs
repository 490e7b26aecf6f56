//! Sending whole messages over one session: their transactions, and pipelining after the end of a message.
//!
//! ```text
//! C: ... the content of the first
//! C: .
//! C: MAIL FROM:<a@example.net>             the second's envelope
//! C: RCPT TO:<c@example.org>
//! C: DATA
//! S: 250 Queued as 4711                    the first's receipt
//! S: 250 OK ...
//! ```
//!
//! A driver asks for the next request, does it, and hands over the result, until the request is `Done`. Each
//! message has these stages; a stage ends when its result is known:
//!
//! ```text
//! Message -> Hello -> Transaction -> Envelope -> Content -> Acceptance -> Transaction ...
//! ```

use std::mem;

use super::config::PartialDelivery;
use super::delivery::MessageInfo;
use super::envelope::Envelope;
use super::error::{Error, Phase, RecipientReply};
use super::job::{Batch, Job};
use super::outgoing_message::{EarlyContent, OutgoingMessage};
use super::receipt::Receipt;
use super::recipient_split::LastReplies;
use super::session::Session;

/// A message, and its progress.
pub struct Delivery<'a> {
    /// The same for each transaction and connection that the delivery takes.
    pub message: &'a OutgoingMessage<'a>,
    /// The recipients that still wait, and the results of the others.
    pub job: Job,
}

/// Messages in the order in which they are sent. More may come while they are.
pub trait Queue<'m> {
    /// How many there are so far.
    fn count(&self) -> usize;
    /// One of them.
    fn at(&mut self, index: usize) -> &mut Delivery<'m>;
    /// Adds a message to the end, if there is one. Asked while the last one ends, so that the next envelope
    /// may leave with its end.
    fn take_more(&mut self) {}
}

/// Nothing comes later.
impl<'m, T: AsRef<[Delivery<'m>]> + AsMut<[Delivery<'m>]>> Queue<'m> for T {
    fn count(&self) -> usize {
        self.as_ref().len()
    }

    fn at(&mut self, index: usize) -> &mut Delivery<'m> {
        &mut self.as_mut()[index]
    }
}

/// The first message that still needs a connection.
pub fn first_left(queue: &mut dyn Queue) -> Option<usize> {
    (0..queue.count()).find(|&index| !queue.at(index).job.is_done())
}

/// The history of the connection when a call begins to use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It was opened for this call. If it fails at once, another one fails too.
    New,
    /// It was kept since an earlier call, and may be dead by now.
    Kept,
    /// It is the caller's own. There is no other.
    Only,
}

/// The action after the last message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterLast {
    /// The session stays open for other messages.
    StayOpen,
    /// QUIT follows, together with the end of the last message if that is allowed.
    Quit,
}

/// Whether the call has time left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeLeft {
    /// A transaction that failed before its content may be tried over another connection.
    Some,
    /// Such a failure is final.
    None,
}

/// The driver's next task.
#[derive(Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// Drive the session until it is idle.
    Run,
    /// Write the signatures, if any, and the content.
    Write([&'a [u8]; 2]),
    /// Send QUIT, because the server takes no further message in this session.
    Quit,
    /// Nothing: all messages are sent, or this connection is of no more use. A job that is not done needs
    /// another connection.
    Done,
}

/// Messages that are sent one after the other over one session.
pub struct Sending<'d, 'm> {
    queue: &'d mut dyn Queue<'m>,
    /// The index of the current message.
    current: usize,
    after_last: AfterLast,
    freshness: Freshness,
    stage: Stage,
    /// The refusal of the login, which holds for all further messages.
    login_failure: Option<Error>,
}

/// The stage of the current message.
enum Stage {
    /// The current message is due.
    Message,
    /// EHLO, which comes before the first message.
    Hello,
    /// The next transaction of the current message is due.
    Transaction(Ahead),
    Envelope(Batch),
    Content(Batch),
    /// The reply to the message for this batch of recipients is awaited.
    Acceptance(Batch),
    /// The same, with an envelope or QUIT that left together with the end of the message.
    FollowedAcceptance(Batch),
    /// The message was refused. The replies to the envelope or QUIT behind it are still to come.
    RefusedAndFollowed(Batch, Refused),
    Done,
}

/// The step after a stage.
enum Step<'a> {
    /// The driver's turn.
    Ask(Request<'a>),
    /// The next stage, with the result of this one.
    GoOn(Result<(), Error>),
}

/// The refusal of a message.
struct Refused {
    error: Error,
    recipients: Vec<RecipientReply>,
}

/// The envelope that left together with the end of the previous message.
enum Ahead {
    /// There is none, or the server has not judged it.
    Nothing,
    Judged(Result<(), Error>),
}

impl<'a> Delivery<'a> {
    /// For all recipients of the envelope.
    pub fn new(message: &'a OutgoingMessage<'a>) -> Self {
        Self {
            message,
            job: Job::new(message.envelope.recipients.clone()),
        }
    }
}

impl<'d, 'm> Sending<'d, 'm> {
    /// Sends what is left. `freshness` decides whether a message may be tried again over another connection.
    pub fn new(queue: &'d mut dyn Queue<'m>, freshness: Freshness, after_last: AfterLast) -> Self {
        Self {
            current: first_left(queue).unwrap_or(queue.count()),
            queue,
            after_last,
            freshness,
            stage: Stage::Message,
            login_failure: None,
        }
    }

    /// The refusal of the login. Call once the request is `Done`.
    pub fn login_failure(&self) -> Option<&Error> {
        self.login_failure.as_ref()
    }

    /// Takes the result of the last request, and returns the next one. The first result is ignored. `time` is
    /// asked only after a failure.
    pub fn next(
        &mut self,
        session: &mut Session,
        mut result: Result<(), Error>,
        time: &dyn Fn() -> TimeLeft,
    ) -> Request<'m> {
        loop {
            match self.step(session, result, time) {
                Step::Ask(request) => return request,
                Step::GoOn(next) => result = next,
            }
        }
    }

    fn step(
        &mut self,
        session: &mut Session,
        result: Result<(), Error>,
        time: &dyn Fn() -> TimeLeft,
    ) -> Step<'m> {
        match mem::replace(&mut self.stage, Stage::Done) {
            Stage::Message => self.start(session),
            Stage::Hello => self.divide(session, result),
            Stage::Transaction(ahead) => self.start_transaction(session, ahead),
            Stage::Envelope(batch) => self.after_envelope(session, batch, result, time),
            Stage::Content(batch) => self.after_content(session, batch, result),
            Stage::Acceptance(batch) => self.after_acceptance(session, batch, result),
            Stage::FollowedAcceptance(batch) => {
                self.after_followed_acceptance(session, batch, result, time)
            }
            Stage::RefusedAndFollowed(batch, refused) => {
                let ahead = judge(session, result, time);
                self.record_refusal(session, batch, refused);
                if !session.takes_more() {
                    // The envelope that left behind it needs another connection.
                    session.close();
                }
                self.go_on(Stage::Transaction(ahead), Ok(()))
            }
            Stage::Done => Step::Ask(Request::Done),
        }
    }

    fn ask(&mut self, request: Request<'m>, stage: Stage) -> Step<'m> {
        self.stage = stage;
        Step::Ask(request)
    }

    fn go_on(&mut self, stage: Stage, result: Result<(), Error>) -> Step<'m> {
        self.stage = stage;
        Step::GoOn(result)
    }

    // --- one message after the other ----------------------------------------------------------

    fn start(&mut self, session: &mut Session) -> Step<'m> {
        if self.current >= self.queue.count() {
            return Step::Ask(Request::Done);
        }
        if !session.is_hello_due() {
            return self.go_on(Stage::Hello, Ok(()));
        }
        match session.hello(None) {
            Ok(()) => self.ask(Request::Run, Stage::Hello),
            Err(error) => self.go_on(Stage::Hello, Err(error)),
        }
    }

    /// Divides the recipients into transactions, as far as the server's limits are known.
    fn divide(&mut self, session: &Session, hello: Result<(), Error>) -> Step<'m> {
        let Delivery { message, job } = self.current();
        if let Err(error) = hello {
            job.give_up(&error);
        } else if message.partial_delivery == PartialDelivery::Allowed {
            job.divide(session);
        } else if !session.takes_at_once(&message.envelope.recipients) {
            let what = "the server takes fewer recipients at once: that all or none get the \
                        message cannot be promised";
            job.give_up(&Error::InvalidArgument(what.into()));
        }
        self.go_on(Stage::Transaction(Ahead::Nothing), Ok(()))
    }

    // --- one transaction ----------------------------------------------------------------------

    /// The next transaction of the current message, or else the next message.
    fn start_transaction(&mut self, session: &mut Session, ahead: Ahead) -> Step<'m> {
        if self.login_failure.is_some() || !session.is_open() {
            return Step::Ask(Request::Done);
        }
        let is_last_message = self.is_at_end();
        let Delivery { message, job } = self.current();
        let message = *message;
        let Some(batch) = job.take_batch() else {
            if !job.is_done() {
                return Step::Ask(Request::Done);
            }
            self.current += 1;
            let is_begun = matches!(ahead, Ahead::Judged(_)) && !is_last_message;
            let next = if is_begun {
                Stage::Transaction(ahead)
            } else {
                Stage::Message
            };
            return self.go_on(next, Ok(()));
        };
        if let Ahead::Judged(result) = ahead {
            return self.go_on(Stage::Envelope(batch), result);
        }
        if !session.takes_more() && self.freshness != Freshness::Only {
            self.current().job.put_back(batch);
            return self.ask(Request::Quit, Stage::Done);
        }
        if let Err(error) = start_envelope(session, message, &batch) {
            return self.go_on(Stage::Envelope(batch), Err(error));
        }
        let is_early = message.early_content == EarlyContent::Allowed
            && session.may_pipeline_content(message.scan.size);
        if is_early {
            session.pipeline_content();
            return self.go_on(Stage::Envelope(batch), Ok(()));
        }
        self.ask(Request::Run, Stage::Envelope(batch))
    }

    fn after_envelope(
        &mut self,
        session: &mut Session,
        batch: Batch,
        result: Result<(), Error>,
        time: &dyn Fn() -> TimeLeft,
    ) -> Step<'m> {
        self.collect_overflow(session);
        if let Err(error) = result {
            self.record_failure_before_content(session, batch, error, time);
            return self.go_on(Stage::Transaction(Ahead::Nothing), Ok(()));
        }
        let message = self.current().message;
        let OutgoingMessage {
            signatures,
            content,
            ..
        } = message;
        let pieces = [signatures.as_bytes(), content];
        self.ask(Request::Write(pieces), Stage::Content(batch))
    }

    /// All content is written: ends the message, together with an envelope or QUIT if one may leave behind
    /// it.
    fn after_content(
        &mut self,
        session: &mut Session,
        batch: Batch,
        result: Result<(), Error>,
    ) -> Step<'m> {
        if let Err(error) = result {
            self.record(session, batch, Err(error));
            return self.go_on(Stage::Transaction(Ahead::Nothing), Ok(()));
        }
        self.finish_message(session);
        let stage = if session.is_message_followed() {
            Stage::FollowedAcceptance(batch)
        } else {
            Stage::Acceptance(batch)
        };
        self.ask(Request::Run, stage)
    }

    fn finish_message(&mut self, session: &mut Session) {
        if self.is_at_end() {
            self.queue.take_more();
        }
        if let Some((message, batch)) = self.next_envelope()
            && session.may_pipeline_envelope(&batch.recipients)
        {
            session.finish();
            // An error in it is found again when its turn comes: nothing was sent.
            let _ = start_envelope(session, message, batch);
        } else if self.is_last() && session.may_pipeline_quit() {
            session.finish();
            session.pipeline_quit();
        } else {
            session.finish();
        }
    }

    /// The envelope that comes next, if that is certain already.
    fn next_envelope(&mut self) -> Option<(&'m OutgoingMessage<'m>, &Batch)> {
        let is_at_end = self.is_at_end();
        let job = &self.current().job;
        let index = match job.next_batch() {
            None if is_at_end || !job.is_done() => return None,
            None => self.current + 1,
            Some(_) => self.current,
        };
        let Delivery { message, job } = self.queue.at(index);
        Some((message, job.next_batch()?))
    }

    /// Whether nothing but QUIT follows the transaction that ends.
    fn is_last(&mut self) -> bool {
        self.after_last == AfterLast::Quit && self.is_at_end() && self.current().job.is_done()
    }

    /// Whether no message follows the current one.
    fn is_at_end(&self) -> bool {
        self.current + 1 == self.queue.count()
    }

    fn after_acceptance(
        &mut self,
        session: &mut Session,
        batch: Batch,
        result: Result<(), Error>,
    ) -> Step<'m> {
        let result = session.message_result(result);
        // If the content left together with the envelope, the overflow is still to be collected.
        self.collect_overflow(session);
        self.record(session, batch, result);
        self.go_on(Stage::Transaction(Ahead::Nothing), Ok(()))
    }

    fn after_followed_acceptance(
        &mut self,
        session: &mut Session,
        batch: Batch,
        result: Result<(), Error>,
        time: &dyn Fn() -> TimeLeft,
    ) -> Step<'m> {
        let (result, ahead) = match (result, session.take_receipt()) {
            (result, Some(receipt)) => (Ok(receipt), judge(session, result, time)),
            (Err(error), None) if session.is_open() => {
                let recipients = session.take_refused_recipients();
                let refused = Refused { error, recipients };
                return self.ask(Request::Run, Stage::RefusedAndFollowed(batch, refused));
            }
            (result, None) => (session.message_result(result), Ahead::Nothing),
        };
        self.record(session, batch, result);
        self.go_on(Stage::Transaction(ahead), Ok(()))
    }

    // --- results ------------------------------------------------------------------------------

    fn collect_overflow(&mut self, session: &mut Session) {
        if let Some(overflow) = session.take_overflow() {
            self.current().job.add_overflow(overflow, session);
        }
    }

    /// A transaction failed before any of the message left: it may be worth another connection.
    fn record_failure_before_content(
        &mut self,
        session: &mut Session,
        batch: Batch,
        error: Error,
        time: &dyn Fn() -> TimeLeft,
    ) {
        if self.freshness == Freshness::Only || time() == TimeLeft::None {
            return self.record(session, batch, Err(error));
        }
        let is_dead = is_connection_dead(&error);
        let is_worth_another = self.is_worth_another(session, is_dead);
        let job = &mut self.current().job;
        if let Some(last) = last_replies(session, is_dead) {
            job.shrink(batch, last, error);
        } else if is_worth_another {
            job.put_back(batch);
            session.close();
        } else if is_dead {
            // This new connection ended at once, so the next one does too.
            job.record(batch, Err(error.clone()));
            job.give_up(&error);
        } else {
            self.record(session, batch, Err(error));
        }
    }

    /// Whether the transaction begins once more over another connection: this one is dead and was in use
    /// before, or the server lost the envelope that left with AUTH.
    fn is_worth_another(&self, session: &Session, is_dead: bool) -> bool {
        let is_first = self.freshness == Freshness::New && session.transactions() <= 1;
        session.has_lost_envelope() || is_dead && !is_first
    }

    fn record(&mut self, session: &mut Session, batch: Batch, result: Result<Receipt, Error>) {
        match result {
            Ok(receipt) => self.current().job.record(batch, Ok(receipt)),
            Err(error) => {
                let recipients = session.take_refused_recipients();
                self.record_refusal(session, batch, Refused { error, recipients });
            }
        }
    }

    /// Records the failure of a transaction. A server that is silent, breaks the protocol, or loses one
    /// connection after the other is not tried again.
    fn record_refusal(&mut self, session: &Session, batch: Batch, refused: Refused) {
        let Refused { error, recipients } = refused;
        if matches!(error, Error::AuthRefused(..)) {
            self.login_failure = Some(error.clone());
        }
        let job = &mut self.current().job;
        job.record_failure(batch, recipients, error.clone());
        if session.is_open() {
            return;
        }
        let is_hopeless = matches!(error, Error::Timeout(..) | Error::Protocol(..));
        if is_hopeless || job.has_lost_too_many_connections() {
            job.give_up(&error);
        }
    }

    fn current(&mut self) -> &mut Delivery<'m> {
        self.queue.at(self.current)
    }
}

/// Sends the envelope for a batch of a message's recipients.
fn start_envelope(
    session: &mut Session,
    message: &OutgoingMessage,
    batch: &Batch,
) -> Result<(), Error> {
    let envelope = Envelope {
        sender: message.envelope.sender.clone(),
        recipients: batch.recipients.clone(),
    };
    let info = MessageInfo::Scanned(message.scan);
    session.start_message(envelope, message.options, info, message.partial_delivery)?;
    if message.partial_delivery == PartialDelivery::Allowed && batch.may_be_split() {
        session.split_on_too_many();
    }
    Ok(())
}

/// The fate of an envelope that left with the end of a message. If the server has not judged it, it is sent
/// again alone: over this connection if all replies have come, else over another.
fn judge(session: &mut Session, result: Result<(), Error>, time: &dyn Fn() -> TimeLeft) -> Ahead {
    let is_silent = matches!(result, Err(Error::Timeout(..) | Error::Disconnected(_)));
    if is_silent && time() == TimeLeft::Some {
        session.learn_lost_envelope();
    }
    if session.memory().drops_after_message() {
        Ahead::Nothing
    } else {
        Ahead::Judged(result)
    }
}

/// A server's replies to recipients before the connection ended among them.
fn last_replies(session: &mut Session, is_dead: bool) -> Option<LastReplies> {
    if is_dead {
        session.last_replies()
    } else {
        None
    }
}

/// Whether an error before the content only means that the connection is dead: it ended, the server gave it
/// up (421, or another 4yz with x.4.2), or the server's state differs from the session's (it refuses RSET, or
/// expects no MAIL).
pub fn is_connection_dead(error: &Error) -> bool {
    match error {
        Error::Disconnected(phase) => is_in_envelope(*phase),
        Error::Rejected(Phase::Other, _) => true,
        Error::Rejected(phase, reply) => {
            is_in_envelope(*phase) && reply.is_about_connection()
                || *phase == Phase::Mail && reply.code == 503
        }
        _ => false,
    }
}

fn is_in_envelope(phase: Phase) -> bool {
    matches!(
        phase,
        Phase::Other | Phase::Mail | Phase::Rcpt | Phase::Data
    )
}

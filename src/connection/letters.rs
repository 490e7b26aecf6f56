//! Whole messages, one or several: where the server allows it, the end of one and the envelope of
//! the next leave in one flight.
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

use super::Connection;
use crate::smtp::content_scan::{ContentScan, scan};
use crate::smtp::delivery::Content;
use crate::smtp::envelope::{Envelope, Receipt};
use crate::smtp::error::{Error, Phase};
use crate::smtp::job::{Batch, Job};
use crate::smtp::options::{Body, Options};
use crate::smtp::recipient_split::LastReplies;

/// A whole message to send.
pub struct Letter<'a> {
    envelope: Envelope,
    options: &'a Options,
    survey: ContentScan,
    message: &'a [u8],
    /// Whether to deliver to the others when some recipients are refused.
    partial: bool,
    /// Whether the content may leave before the envelope is answered.
    early: bool,
}

impl<'a> Letter<'a> {
    /// Refuses what cannot be sent to any server.
    pub fn new(
        envelope: Envelope,
        options: &'a Options,
        message: &'a [u8],
        partial: bool,
        early: bool,
    ) -> Result<Self, Error> {
        options.expect_among(&envelope.recipients)?;
        let survey = match options.body() {
            Some(Body::BinaryMime) => ContentScan::binary(message),
            _ => scan(message).map_err(Error::InvalidArgument)?,
        };
        Ok(Self {
            envelope,
            options,
            survey,
            message,
            partial,
            early,
        })
    }
}

/// A message, and how far it has come.
pub struct Delivery<'a> {
    pub letter: &'a Letter<'a>,
    pub job: Job,
}

/// What may leave together with the end of a message.
#[derive(Clone, Copy)]
enum Next<'a> {
    Nothing,
    Envelope(&'a Letter<'a>, &'a Batch),
    Quit,
}

/// The envelope of the next transaction, if it left together with the end of the message before it: how it
/// went.
type Ahead = Option<Result<(), Error>>;

/// How one transaction ended.
enum Ended {
    /// Nothing of the message has left.
    InEnvelope(Error),
    /// All of it has, or some.
    InContent(Result<Receipt, Error>),
}

/// What is known of the connection when a call begins to use it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It was opened for this call: what fails at once would fail again.
    New,
    /// It was kept since an earlier call, and may be worth nothing by now.
    Kept,
    /// It is the caller's own: there is no other.
    Only,
}

impl Connection {
    /// Delivers messages one after the other, as far as this connection goes. A job that is not done then
    /// needs another connection. If `quits`, the server gets no other message after them.
    ///
    /// An error is about the login, and the same for all that are left.
    pub fn send_all(
        &mut self,
        messages: &mut [Delivery],
        freshness: Freshness,
        quits: bool,
    ) -> Result<(), Error> {
        let mut ahead = None;
        let mut rest = messages;
        while let Some((current, others)) = rest.split_first_mut() {
            let next = match others.first() {
                Some(other) => other.envelope(),
                None if quits => Next::Quit,
                None => Next::Nothing,
            };
            ahead = self.work_on(current, ahead, next, freshness);
            if let Some(error) = current.job.login_failure() {
                return Err(error.clone());
            }
            if !self.is_open() || !current.job.is_done() {
                break;
            }
            rest = others;
        }
        Ok(())
    }

    /// Delivers one message over this connection alone.
    pub fn send(&mut self, letter: &Letter) -> Result<Receipt, Error> {
        let mut message = Delivery::new(letter);
        self.work_on(&mut message, None, Next::Nothing, Freshness::Only);
        message.job.give_up(&Error::Disconnected(Phase::Other));
        message.job.outcome()
    }

    /// The transactions of one message, until it is done or the connection is of no more use.
    fn work_on(
        &mut self,
        message: &mut Delivery,
        mut ahead: Ahead,
        after: Next,
        freshness: Freshness,
    ) -> Ahead {
        let Delivery { letter, job } = message;
        if ahead.is_none()
            && let Err(error) = self.prepare(letter, job)
        {
            job.give_up(&error);
            return None;
        }
        while self.is_open()
            && job.login_failure().is_none()
            && let Some(batch) = job.take_batch()
        {
            if ahead.is_none() && !self.session.takes_more() && freshness != Freshness::Only {
                job.put_back(batch);
                self.quit();
                return None;
            }
            let ended;
            (ended, ahead) = self.send_batch(letter, &batch, ahead, job, after);
            match ended {
                Ended::InEnvelope(error) => self.fail_before(job, batch, error, freshness),
                Ended::InContent(Err(error)) => self.fail(job, batch, error),
                Ended::InContent(Ok(receipt)) => job.record(batch, Ok(receipt)),
            }
        }
        ahead
    }

    /// A transaction failed before any of the message left: it may be worth another connection.
    fn fail_before(&mut self, job: &mut Job, batch: Batch, error: Error, freshness: Freshness) {
        if freshness == Freshness::Only || self.clock.is_over() {
            return self.fail(job, batch, error);
        }
        if let Some(last) = self.last_replies(&error) {
            job.shrink(batch, last, error);
        } else if self.is_worth_nothing(&error, freshness) {
            job.put_back(batch);
            self.session.end();
        } else if is_gone(&error) {
            // A new connection that ends at once: the next would too.
            job.record(batch, Err(error.clone()));
            job.give_up(&error);
        } else {
            self.fail(job, batch, error);
        }
    }

    /// Of a server that ended the connection among its replies to recipients.
    fn last_replies(&mut self, error: &Error) -> Option<LastReplies> {
        if is_gone(error) {
            self.session.last_replies()
        } else {
            None
        }
    }

    /// Records the failure of a transaction. A server that is silent, makes no sense, or loses one connection
    /// after the other, is not asked again.
    fn fail(&mut self, job: &mut Job, batch: Batch, error: Error) {
        job.record_failure(batch, self.session.take_refused_recipients(), error.clone());
        if self.is_open() {
            return;
        }
        let is_hopeless = matches!(error, Error::Timeout(..) | Error::Protocol(..));
        if is_hopeless || job.has_lost_too_many_connections() {
            job.give_up(&error);
        }
    }

    /// Whether the connection turned out to be worth nothing, so that the transaction is to be begun once more over
    /// another: it had carried something before, or lost the envelope that left with AUTH.
    fn is_worth_nothing(&self, error: &Error, freshness: Freshness) -> bool {
        let is_first = freshness == Freshness::New && self.session.transactions() <= 1;
        self.session.has_lost_envelope() || is_gone(error) && !is_first
    }

    /// The transactions that a message takes, as far as that is known before it is begun.
    fn prepare(&mut self, letter: &Letter, job: &mut Job) -> Result<(), Error> {
        self.greet_if_due()?;
        if letter.partial {
            job.divide(&self.session);
        } else if !self.session.takes_at_once(&letter.envelope.recipients) {
            let what = "the server takes fewer recipients at once: that all or none get the \
                        message cannot be promised";
            return Err(Error::InvalidArgument(what.into()));
        }
        Ok(())
    }

    /// One transaction. `after` may leave with the end of the message's last one.
    fn send_batch(
        &mut self,
        letter: &Letter,
        batch: &Batch,
        ahead: Ahead,
        job: &mut Job,
        after: Next,
    ) -> (Ended, Ahead) {
        let envelope = ahead.unwrap_or_else(|| self.say_envelope(letter, batch));
        self.collect_overflow(job);
        if let Err(error) = envelope {
            return (Ended::InEnvelope(error), None);
        }
        if let Err(error) = self.write(letter.message) {
            return (Ended::InContent(Err(error)), None);
        }
        let next = match job.next_batch() {
            Some(batch) => Next::Envelope(letter, batch),
            None if job.is_done() => after,
            None => Next::Nothing,
        };
        let (result, ahead) = match next {
            Next::Envelope(letter, batch) if self.session.may_follow(&batch.recipients) => {
                self.session.finish();
                // What is wrong with it is found again when its turn comes: nothing was said.
                let _ = self.begin_envelope(letter, batch);
                self.settle()
            }
            Next::Quit if self.session.may_end() => {
                self.session.finish();
                self.session.quit_behind();
                self.settle()
            }
            _ => {
                let result = self.finish();
                // Only now if the message left with its envelope.
                self.collect_overflow(job);
                (result, None)
            }
        };
        (Ended::InContent(result), ahead)
    }

    fn collect_overflow(&mut self, job: &mut Job) {
        if let Some(overflow) = self.session.take_overflow() {
            job.add_overflow(overflow, &self.session);
        }
    }

    /// As far as the content can leave.
    fn say_envelope(&mut self, letter: &Letter, batch: &Batch) -> Result<(), Error> {
        self.begin_envelope(letter, batch)?;
        if letter.early && self.session.may_hurry(letter.survey.size) {
            self.session.hurry();
            return Ok(());
        }
        self.run()
    }

    fn begin_envelope(&mut self, letter: &Letter, batch: &Batch) -> Result<(), Error> {
        let envelope = Envelope {
            sender: letter.envelope.sender.clone(),
            recipients: batch.recipients.clone(),
        };
        let content = Content::Whole(letter.survey);
        self.session
            .deliver(envelope, letter.options, content, letter.partial)?;
        if letter.partial && batch.may_be_split() {
            self.session.collect_overflow();
        }
        Ok(())
    }

    /// What became of the message that has ended, and of the envelope that left with its end.
    fn settle(&mut self) -> (Result<Receipt, Error>, Ahead) {
        let is_followed = self.session.is_message_followed();
        let result = self.run();
        if !is_followed {
            return (self.receipt(result), None);
        }
        match (result, self.session.take_receipt()) {
            (result, Some(receipt)) => (Ok(receipt), self.judged(result)),
            (Ok(()), None) => (self.receipt(Ok(())), None),
            (Err(error), None) if self.is_open() => {
                let result = self.run();
                (Err(error), self.judged(result))
            }
            (Err(error), None) => (Err(error), None),
        }
    }

    /// How an envelope went that left with the end of a message; none if the server has not judged it: it is
    /// then sent alone, over this connection if that is in step, else over another.
    fn judged(&mut self, result: Result<(), Error>) -> Ahead {
        if matches!(result, Err(Error::Timeout(..) | Error::Disconnected(_)))
            && !self.clock.is_over()
        {
            self.session.give_up_pipelined();
        }
        let is_lost = self.session.memory().drops_after_message();
        (!is_lost).then_some(result)
    }
}

impl<'a> Delivery<'a> {
    pub fn new(letter: &'a Letter<'a>) -> Self {
        Self {
            letter,
            job: Job::new(letter.envelope.recipients.clone()),
        }
    }

    /// That of its next transaction.
    fn envelope(&self) -> Next<'_> {
        let batch = self.job.next_batch();
        batch.map_or(Next::Nothing, |batch| Next::Envelope(self.letter, batch))
    }
}

/// Whether an error before any of a message has left only says that the connection is worth nothing: it
/// ended, the server has given it up (421, or another 4yz with x.4.2), or the server is not where this client
/// believes it to be: it refuses RSET, or expects no MAIL.
pub fn is_gone(error: &Error) -> bool {
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

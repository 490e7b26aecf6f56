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
use crate::smtp::content::{Survey, survey};
use crate::smtp::delivery::Content;
use crate::smtp::envelope::{Envelope, Receipt};
use crate::smtp::error::{Error, Phase};
use crate::smtp::mailbox::Mailbox;
use crate::smtp::options::{Body, Options};

/// A whole message to send.
pub struct Letter<'a> {
    envelope: Envelope,
    options: &'a Options,
    survey: Survey,
    message: &'a [u8],
    /// Whether to deliver to the others when some recipients are refused.
    partial: bool,
    /// Whether the content may leave before the envelope is answered.
    early: bool,
}

/// What leaves behind the end of a message, where it may.
#[derive(Clone, Copy)]
enum Behind<'a> {
    Nothing,
    /// Of this message, to these of its recipients.
    Envelope(&'a Letter<'a>, &'a [Mailbox]),
    Quit,
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
            Some(Body::BinaryMime) => Survey::binary(message),
            _ => survey(message).map_err(Error::InvalidArgument)?,
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

    fn envelope_to(&self, recipients: &[Mailbox]) -> Envelope {
        Envelope {
            sender: self.envelope.sender.clone(),
            recipients: recipients.to_vec(),
        }
    }
}

/// How an envelope went that left with the end of the message before it.
type Begun = Option<Result<(), Error>>;

impl Connection {
    /// Delivers messages one after the other, and says what became of each. Where the connection
    /// turns out to be gone before the server wanted one, that and those after it are left to be
    /// sent over another; but of a fresh connection this counts as the first one's failure. `quits`
    /// says whether they are the last that the server gets.
    pub fn send_all(
        &mut self,
        letters: &[Letter],
        fresh: bool,
        quits: bool,
        outcomes: &mut Vec<Result<Receipt, Error>>,
    ) {
        let mut begun = None;
        for (i, letter) in letters.iter().enumerate() {
            let behind = match letters.get(i + 1) {
                Some(next) => Behind::Envelope(next, &next.envelope.recipients),
                None if quits => Behind::Quit,
                None => Behind::Nothing,
            };
            let (outcome, next) = self.send_before(letter, begun, behind);
            match outcome {
                Err(error) if is_gone(&error) && !(fresh && i == 0) => return,
                outcome => outcomes.push(outcome),
            }
            if !self.is_open() {
                return;
            }
            begun = next;
        }
    }

    /// Delivers one message, in as many transactions as the server needs for its recipients.
    pub fn send(&mut self, letter: &Letter) -> Result<Receipt, Error> {
        self.send_before(letter, None, Behind::Nothing).0
    }

    fn send_before(
        &mut self,
        letter: &Letter,
        mut begun: Begun,
        behind: Behind,
    ) -> (Result<Receipt, Error>, Begun) {
        if let Err(error) = self.greet_if_due() {
            return (Err(error), None);
        }
        let mut batches = self.session.batches(&letter.envelope.recipients);
        if !letter.partial && batches.len() > 1 {
            let what = "the server takes fewer recipients at once: that all or none get the \
                        message cannot be promised";
            return (Err(Error::InvalidArgument(what.into())), None);
        }
        let mut receipt = Receipt::default();
        let mut failure = None;
        while let Some(batch) = batches.pop_front() {
            let behind = match batches.front() {
                Some(next) => Behind::Envelope(letter, next),
                None => behind,
            };
            let part;
            (part, begun) = self.send_to(&batch, letter, begun, behind);
            match part {
                Ok(mut part) => {
                    batches.extend(part.take_too_many());
                    receipt.add(part);
                }
                // Nothing was accepted yet, and nothing will be.
                Err(error) if receipt == Receipt::default() && !self.is_open() => {
                    return (Err(error), None);
                }
                Err(error) => {
                    receipt.add_error(&batch, &error);
                    failure.get_or_insert(error);
                }
            }
        }
        let outcome = match failure {
            Some(Error::RecipientsRefused(_)) if receipt.accepted.is_empty() => {
                Err(Error::RecipientsRefused(receipt.refused))
            }
            Some(error) if receipt.accepted.is_empty() => Err(error),
            _ => Ok(receipt),
        };
        (outcome, begun)
    }

    /// One transaction.
    fn send_to(
        &mut self,
        recipients: &[Mailbox],
        letter: &Letter,
        begun: Begun,
        behind: Behind,
    ) -> (Result<Receipt, Error>, Begun) {
        let begun = begun.unwrap_or_else(|| self.say_envelope(recipients, letter));
        if let Err(error) = begun.and_then(|()| self.write(letter.message)) {
            return (Err(error), None);
        }
        match behind {
            Behind::Envelope(next, recipients) if self.session.may_follow(recipients) => {
                self.end_with(next, recipients);
                self.settle()
            }
            Behind::Quit if self.session.may_end() => {
                self.session.finish();
                self.session.quit_behind();
                self.settle()
            }
            _ => (self.finish(), None),
        }
    }

    /// As far as the content can leave.
    fn say_envelope(&mut self, recipients: &[Mailbox], letter: &Letter) -> Result<(), Error> {
        let envelope = letter.envelope_to(recipients);
        let content = Content::Whole(letter.survey);
        self.session
            .deliver(envelope, letter.options, content, letter.partial)?;
        if letter.early && self.session.may_hurry(letter.survey.size) {
            self.session.hurry();
            return Ok(());
        }
        self.run()
    }

    /// Ends the message with the next envelope behind it, where that can be said. What is
    /// wrong with that one is found again when its turn comes.
    fn end_with(&mut self, next: &Letter, recipients: &[Mailbox]) {
        self.session.finish();
        let content = Content::Whole(next.survey);
        let envelope = next.envelope_to(recipients);
        // Where it fails, nothing is said.
        let _ = self
            .session
            .deliver(envelope, next.options, content, next.partial);
    }

    /// What became of the message that has ended, and of what left behind it.
    fn settle(&mut self) -> (Result<Receipt, Error>, Begun) {
        let is_followed = self.session.is_message_followed();
        let result = self.run();
        if !is_followed {
            return (self.receipt(result), None);
        }
        match (result, self.session.take_receipt()) {
            (result, Some(receipt)) => (Ok(receipt), Some(result)),
            (Ok(()), None) => (self.receipt(Ok(())), None),
            (Err(error), None) => {
                let begun = self.is_open().then(|| self.run());
                (Err(error), begun)
            }
        }
    }
}

/// Whether a connection turned out to be gone before the server wanted the message.
pub fn is_gone(error: &Error) -> bool {
    let phase = match error {
        Error::Disconnected(phase) => phase,
        Error::Rejected(phase, reply) if reply.code == 421 => phase,
        _ => return false,
    };
    matches!(
        phase,
        Phase::Other | Phase::Mail | Phase::Rcpt | Phase::Data
    )
}

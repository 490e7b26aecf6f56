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

use std::collections::{BTreeSet, VecDeque};

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

/// One transaction of a message: to these of its recipients.
struct Part<'a> {
    letter: &'a Letter<'a>,
    recipients: Vec<Mailbox>,
    /// The server had no room for them in one before. No one gets a third.
    again: bool,
}

/// What leaves behind the end of a message, where it may.
#[derive(Clone, Copy)]
enum Behind<'a> {
    Nothing,
    Envelope(&'a Part<'a>),
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

    /// To all of its recipients at once.
    fn whole(&self) -> Part<'_> {
        Part {
            letter: self,
            recipients: self.envelope.recipients.clone(),
            again: false,
        }
    }

    fn parts(
        &self,
        batches: VecDeque<Vec<Mailbox>>,
        again: bool,
    ) -> impl Iterator<Item = Part<'_>> {
        let part = move |recipients| Part {
            letter: self,
            recipients,
            again,
        };
        batches.into_iter().map(part)
    }
}

impl Part<'_> {
    /// Those of its recipients whom none of the others is for.
    fn without(&self, others: &VecDeque<Part>) -> Vec<Mailbox> {
        let others = others.iter().flat_map(|part| &part.recipients);
        let others: BTreeSet<&str> = others.map(Mailbox::as_str).collect();
        let own = self.recipients.iter();
        own.filter(|r| !others.contains(r.as_str()))
            .cloned()
            .collect()
    }
}

/// How an envelope went that left with the end of the message before it.
type Begun = Option<Result<(), Error>>;

impl Connection {
    /// Delivers messages one after the other, and says what became of each. Where the connection
    /// turns out to be gone before the server wanted one, that and those after it are left to be
    /// sent over another; but of a fresh connection this counts as the first one's failure, unless the
    /// server lost the envelope that left with AUTH. `quits`
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
            let next = letters.get(i + 1).map(Letter::whole);
            let behind = match &next {
                Some(next) => Behind::Envelope(next),
                None if quits => Behind::Quit,
                None => Behind::Nothing,
            };
            let (outcome, next) = self.send_before(letter, begun, behind);
            match outcome {
                Err(_) if self.has_lost_envelope() => return,
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
        let mut parts = match begun {
            Some(_) => VecDeque::from([letter.whole()]),
            None => match self.parts(letter) {
                Ok(parts) => parts,
                Err(error) => return (Err(error), None),
            },
        };
        let mut receipt = Receipt::default();
        let mut failure = None;
        while let Some(part) = parts.pop_front() {
            let outcome;
            (outcome, begun) = self.send_part(&part, begun, &mut parts, behind);
            match outcome {
                Ok(part) => receipt.add(part),
                // Nothing was accepted yet, and nothing will be.
                Err(error) if receipt == Receipt::default() && !self.is_open() => {
                    return (Err(error), None);
                }
                Err(error) => {
                    receipt.add_error(&part.without(&parts), &error);
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

    /// The transactions that a message takes, as far as that is known before it is begun.
    fn parts<'a>(&mut self, letter: &'a Letter) -> Result<VecDeque<Part<'a>>, Error> {
        self.greet_if_due()?;
        let batches = self.session.batches(&letter.envelope.recipients);
        if !letter.partial && batches.len() > 1 {
            let what = "the server takes fewer recipients at once: that all or none get the \
                        message cannot be promised";
            return Err(Error::InvalidArgument(what.into()));
        }
        Ok(letter.parts(batches, false).collect())
    }

    /// One transaction. Whom the server has no room for in it gets others, behind those that are
    /// `left`; `behind` is for the last of them.
    fn send_part<'a>(
        &mut self,
        part: &Part<'a>,
        begun: Begun,
        left: &mut VecDeque<Part<'a>>,
        behind: Behind,
    ) -> (Result<Receipt, Error>, Begun) {
        let letter = part.letter;
        let begun = begun.unwrap_or_else(|| self.say_envelope(part));
        left.extend(letter.parts(self.session.take_left_over(), true));
        if let Err(error) = begun.and_then(|()| self.write(letter.message)) {
            return (Err(error), None);
        }
        match left.front().map_or(behind, Behind::Envelope) {
            Behind::Envelope(next) if self.session.may_follow(&next.recipients) => {
                self.session.finish();
                // What is wrong with it is found again when its turn comes: nothing was said.
                let _ = self.begin_part(next);
                self.settle()
            }
            Behind::Quit if self.session.may_end() => {
                self.session.finish();
                self.session.quit_behind();
                self.settle()
            }
            _ => {
                let outcome = self.finish();
                // Only now where the message left with its envelope.
                left.extend(letter.parts(self.session.take_left_over(), true));
                (outcome, None)
            }
        }
    }

    /// As far as the content can leave.
    fn say_envelope(&mut self, part: &Part) -> Result<(), Error> {
        self.begin_part(part)?;
        let letter = part.letter;
        if letter.early && self.session.may_hurry(letter.survey.size) {
            self.session.hurry();
            return Ok(());
        }
        self.run()
    }

    fn begin_part(&mut self, part: &Part) -> Result<(), Error> {
        let letter = part.letter;
        let envelope = Envelope {
            sender: letter.envelope.sender.clone(),
            recipients: part.recipients.clone(),
        };
        let content = Content::Whole(letter.survey);
        self.session
            .deliver(envelope, letter.options, content, letter.partial)?;
        if letter.partial && !part.again {
            self.session.divide();
        }
        Ok(())
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

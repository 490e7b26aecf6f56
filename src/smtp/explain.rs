//! Explains an error: whether the message may have been delivered, whether to try again, and a sentence for
//! people. `advice.rs` is the table of errors, `sentence.rs` describes the error.

mod advice;
mod sentence;

use super::error::Error;
pub(super) use sentence::what_happened;

/// Whether the message may have been delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was delivered: it is safe to send the message again.
    NotSent,
    /// The server may have the whole message, and did not answer: a second try may deliver it twice.
    MayHaveBeenDelivered,
}

/// Whether the same message may pass another time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// The same message will be refused again.
    Never,
    /// Later, with growing delays.
    Later,
    /// After a change of the set-up: credentials, host grants, port, certificate.
    AfterAChange,
}

/// An error's consequences, for programs and for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// Whether the message may have been delivered.
    pub outcome: Outcome,
    /// Whether to try again.
    pub retry: Retry,
    /// The error, its step, and the server's reply if there is one; whether the message was delivered; the
    /// next step. One line of at most 1000 characters, without secrets.
    pub sentence: String,
}

impl Error {
    /// Explains the error. Nothing is asked of the server.
    pub fn explain(&self) -> Explanation {
        let (retry, next_step) = advice::advice(self);
        let (outcome, consequence) = if self.may_have_been_delivered() {
            (
                Outcome::MayHaveBeenDelivered,
                "the message may have been delivered; sending it again may deliver it twice; if you \
                 do, keep its Message-ID, so that the copy can be recognised"
                    .into(),
            )
        } else if matches!(self, Self::WrongState(_)) {
            // An earlier call may have delivered something.
            (Outcome::NotSent, next_step.into())
        } else {
            let consequence = format!("nothing was delivered; {next_step}");
            (Outcome::NotSent, consequence)
        };
        Explanation {
            outcome,
            retry,
            sentence: format!("{}; {consequence}", what_happened(self)),
        }
    }

    pub(super) fn retry(&self) -> Retry {
        advice::advice(self).0
    }
}

#[cfg(test)]
mod tests;

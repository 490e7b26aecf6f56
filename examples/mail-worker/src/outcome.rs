//! The results of an attempt, and their consequences for each recipient:
//!
//! | the handler's verdict | |
//! | --- | --- |
//! | accepted | entered in the ledger |
//! | refused | a dead letter with the server's reply; entered in the ledger |
//! | later | the job is tried again, for these recipients only |
//! | unknown | as later, because the queue promises delivery at least once. The Message-ID identifies a second copy |
//!
//! When the job is given up, recipients to be tried again become dead letters too.

use std::time::Duration;

use crate::handler::{Disposition, Verdict};

#[derive(Debug, Default)]
pub struct Outcome {
    pub accepted: Vec<Verdict>,
    pub dead: Vec<Verdict>,
    pub open: Vec<Verdict>,
    /// The time until the open recipients are tried again.
    pub again: Option<Duration>,
}

impl Outcome {
    /// `recipients` are those of the job; `delay` comes from [`crate::retry::Retry`].
    pub fn new(recipients: &[String], verdicts: Vec<Verdict>, delay: Option<Duration>) -> Outcome {
        let mut outcome = Outcome::default();
        let silent = recipients
            .iter()
            .filter(|one| verdicts.iter().all(|verdict| verdict.recipient != **one));
        let silent: Vec<_> = silent
            .map(|one| later(one, "the handler returned no result"))
            .collect();
        for verdict in verdicts.into_iter().chain(silent) {
            match (verdict.disposition, delay) {
                (Disposition::Accepted, _) => outcome.accepted.push(verdict),
                (Disposition::Refused, _) => outcome.dead.push(verdict),
                (Disposition::Later | Disposition::Unknown, Some(_)) => outcome.open.push(verdict),
                (Disposition::Later | Disposition::Unknown, None) => {
                    outcome.dead.push(given_up(verdict))
                }
            }
        }
        outcome.again = delay.filter(|_| !outcome.open.is_empty());
        outcome
    }

    /// The recipients that are not tried again.
    pub fn settled(&self) -> Vec<String> {
        let settled = self.accepted.iter().chain(&self.dead);
        settled.map(|verdict| verdict.recipient.clone()).collect()
    }
}

pub fn later(recipient: &str, why: &str) -> Verdict {
    Verdict {
        recipient: recipient.into(),
        disposition: Disposition::Later,
        reply: why.into(),
    }
}

fn given_up(verdict: Verdict) -> Verdict {
    let reply = format!("given up; the last attempt: {}", verdict.reply);
    Verdict { reply, ..verdict }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Option<Duration> = Some(Duration::from_secs(60));

    fn verdict(recipient: &str, disposition: Disposition) -> Verdict {
        Verdict {
            disposition,
            ..later(recipient, "words")
        }
    }

    fn outcome(verdicts: Vec<Verdict>, delay: Option<Duration>) -> Outcome {
        let recipients: Vec<_> = verdicts
            .iter()
            .map(|verdict| verdict.recipient.clone())
            .collect();
        Outcome::new(&recipients, verdicts, delay)
    }

    #[test]
    fn only_temporary_refusals_are_tried_again() {
        let outcome = outcome(
            vec![
                verdict("a", Disposition::Accepted),
                verdict("b", Disposition::Later),
                verdict("c", Disposition::Refused),
            ],
            MINUTE,
        );
        assert_eq!(outcome.again, MINUTE);
        assert_eq!(outcome.open[0].recipient, "b");
        assert_eq!(outcome.settled(), ["a", "c"]);
    }

    #[test]
    fn a_job_without_open_recipients_is_done() {
        assert_eq!(
            outcome(vec![verdict("a", Disposition::Accepted)], MINUTE).again,
            None
        );
    }

    #[test]
    fn a_recipient_with_an_unknown_result_is_tried_again() {
        assert_eq!(
            outcome(vec![verdict("a", Disposition::Unknown)], MINUTE).again,
            MINUTE
        );
    }

    #[test]
    fn a_job_that_is_given_up_is_a_dead_letter_with_the_last_words() {
        let outcome = outcome(vec![verdict("a", Disposition::Later)], None);
        assert_eq!(outcome.again, None);
        assert_eq!(outcome.dead[0].reply, "given up; the last attempt: words");
    }

    #[test]
    fn a_recipient_without_verdict_is_not_lost() {
        let outcome = Outcome::new(&["a".into()], vec![], MINUTE);
        assert_eq!(outcome.open[0].recipient, "a");
    }
}

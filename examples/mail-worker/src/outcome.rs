//! What follows from an attempt, recipient by recipient:
//!
//! | the handler's verdict | |
//! | --- | --- |
//! | accepted | entered in the ledger |
//! | refused | a dead letter with the server's reply; entered in the ledger |
//! | later | the job is tried again, for these recipients only |
//! | perhaps | as later: at least once is what the queue promises. Who has it already knows a double by its Message-ID |
//!
//! Those to be tried again are dead letters too once the job is given up.

use std::time::Duration;

use crate::handler::{Fate, Verdict};

#[derive(Debug, Default)]
pub struct Outcome {
    pub accepted: Vec<Verdict>,
    pub dead: Vec<Verdict>,
    pub open: Vec<Verdict>,
    /// Until the open ones are tried again.
    pub again: Option<Duration>,
}

impl Outcome {
    /// Of a job for these recipients; `delay` as [`crate::retry::Retry`] gives it.
    pub fn new(recipients: &[String], verdicts: Vec<Verdict>, delay: Option<Duration>) -> Outcome {
        let mut outcome = Outcome::default();
        let silent = recipients
            .iter()
            .filter(|one| verdicts.iter().all(|verdict| verdict.recipient != **one));
        let silent: Vec<_> = silent
            .map(|one| later(one, "the handler said nothing of it"))
            .collect();
        for verdict in verdicts.into_iter().chain(silent) {
            match (verdict.fate, delay) {
                (Fate::Accepted, _) => outcome.accepted.push(verdict),
                (Fate::Refused, _) => outcome.dead.push(verdict),
                (Fate::Later | Fate::Perhaps, Some(_)) => outcome.open.push(verdict),
                (Fate::Later | Fate::Perhaps, None) => outcome.dead.push(given_up(verdict)),
            }
        }
        outcome.again = delay.filter(|_| !outcome.open.is_empty());
        outcome
    }

    /// Who need not be tried again, whatever becomes of the others.
    pub fn settled(&self) -> Vec<String> {
        let settled = self.accepted.iter().chain(&self.dead);
        settled.map(|verdict| verdict.recipient.clone()).collect()
    }
}

pub fn later(recipient: &str, why: &str) -> Verdict {
    Verdict {
        recipient: recipient.into(),
        fate: Fate::Later,
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

    fn verdict(recipient: &str, fate: Fate) -> Verdict {
        Verdict {
            fate,
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
    fn only_those_refused_for_now_are_tried_again() {
        let outcome = outcome(
            vec![
                verdict("a", Fate::Accepted),
                verdict("b", Fate::Later),
                verdict("c", Fate::Refused),
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
            outcome(vec![verdict("a", Fate::Accepted)], MINUTE).again,
            None
        );
    }

    #[test]
    fn who_perhaps_has_it_is_tried_again() {
        assert_eq!(
            outcome(vec![verdict("a", Fate::Perhaps)], MINUTE).again,
            MINUTE
        );
    }

    #[test]
    fn a_job_that_is_given_up_is_a_dead_letter_with_the_last_words() {
        let outcome = outcome(vec![verdict("a", Fate::Later)], None);
        assert_eq!(outcome.again, None);
        assert_eq!(outcome.dead[0].reply, "given up; the last attempt: words");
    }

    #[test]
    fn a_recipient_without_verdict_is_not_lost() {
        let outcome = Outcome::new(&["a".into()], vec![], MINUTE);
        assert_eq!(outcome.open[0].recipient, "a");
    }
}

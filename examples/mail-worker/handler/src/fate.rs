//! Which failures are worth another try: what envoi says of an error, as far as it matters to a queue.
//!
//! - What may pass later is tried again, and so is what waits for a change of the set-up: a password
//!   that was changed is to hold mail up, not to throw it away.
//! - Where the answer to the message was lost, it is sent again: at least once is what was promised.

use crate::envoi::mail::smtp::{
    Error, Explanation, Outcome, RecipientReply, Reply, Retry, explain,
};
use crate::exports::example::mail_worker::delivery::Fate;

/// With one line for people.
pub fn of_error(error: &Error) -> (Fate, String) {
    let explanation = explain(error);
    (of(&explanation), explanation.sentence)
}

/// Of one whom the server refused.
pub fn of_refused(refused: &RecipientReply) -> Fate {
    of(&explain(&Error::RecipientsRefused(vec![refused.clone()])))
}

pub fn text(reply: &Reply) -> String {
    format!("{} {}", reply.code, reply.lines.join(" "))
}

fn of(explanation: &Explanation) -> Fate {
    match (explanation.outcome, explanation.retry) {
        (Outcome::MayHaveBeenDelivered, _) => Fate::Perhaps,
        (Outcome::NotSent, Retry::Never) => Fate::Refused,
        (Outcome::NotSent, Retry::Later | Retry::AfterAChange) => Fate::Later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fate(outcome: Outcome, retry: Retry) -> Fate {
        of(&Explanation {
            outcome,
            retry,
            sentence: String::new(),
        })
    }

    #[test]
    fn a_message_refused_for_now_is_tried_again() {
        assert_eq!(fate(Outcome::NotSent, Retry::Later), Fate::Later);
    }

    #[test]
    fn a_message_refused_for_good_is_not() {
        assert_eq!(fate(Outcome::NotSent, Retry::Never), Fate::Refused);
    }

    #[test]
    fn a_changed_password_holds_mail_up_and_loses_none() {
        assert_eq!(fate(Outcome::NotSent, Retry::AfterAChange), Fate::Later);
    }

    #[test]
    fn a_connection_lost_behind_the_message_leaves_it_perhaps_delivered() {
        for retry in [Retry::Never, Retry::Later, Retry::AfterAChange] {
            assert_eq!(fate(Outcome::MayHaveBeenDelivered, retry), Fate::Perhaps);
        }
    }
}

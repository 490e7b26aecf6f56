//! Decides which failures are tried again.
//!
//! - `later` is tried again. So is `after-a-change`: a changed password delays mail, but loses none.
//! - If the answer to the message was lost, the message is sent again, because the queue promises delivery at
//!   least once.

use crate::envoi::mail::smtp::{
    Error, Explanation, Outcome, RecipientReply, Reply, Retry, explain,
};
use crate::exports::example::mail_worker::delivery::Disposition;

/// Also returns a line for people.
pub(crate) fn of_error(error: &Error) -> (Disposition, String) {
    let explanation = explain(error);
    (of(&explanation), explanation.sentence)
}

/// For a recipient that the server refused.
pub(crate) fn of_refused(refused: &RecipientReply) -> Disposition {
    of(&explain(&Error::RecipientsRefused(vec![refused.clone()])))
}

pub(crate) fn text(reply: &Reply) -> String {
    format!("{} {}", reply.code, reply.text.replace('\n', " "))
}

fn of(explanation: &Explanation) -> Disposition {
    match (explanation.outcome, explanation.retry) {
        (Outcome::MayHaveBeenDelivered, _) => Disposition::Unknown,
        (Outcome::NotSent, Retry::Never) => Disposition::Refused,
        (Outcome::NotSent, Retry::Later | Retry::AfterAChange) => Disposition::Later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disposition(outcome: Outcome, retry: Retry) -> Disposition {
        of(&Explanation {
            outcome,
            retry,
            sentence: String::new(),
        })
    }

    #[test]
    fn a_temporary_refusal_is_tried_again() {
        assert_eq!(
            disposition(Outcome::NotSent, Retry::Later),
            Disposition::Later
        );
    }

    #[test]
    fn a_permanent_refusal_is_not_tried_again() {
        assert_eq!(
            disposition(Outcome::NotSent, Retry::Never),
            Disposition::Refused
        );
    }

    #[test]
    fn a_changed_password_delays_mail_and_loses_none() {
        assert_eq!(
            disposition(Outcome::NotSent, Retry::AfterAChange),
            Disposition::Later
        );
    }

    #[test]
    fn a_connection_lost_after_the_message_leaves_delivery_unknown() {
        for retry in [Retry::Never, Retry::Later, Retry::AfterAChange] {
            assert_eq!(
                disposition(Outcome::MayHaveBeenDelivered, retry),
                Disposition::Unknown
            );
        }
    }
}

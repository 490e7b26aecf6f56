//! Which failures are worth another try.
//!
//! - A 4yz is, and so is a connection that was lost before the message had left.
//! - A 5yz is not, where it answers the message or its envelope. Before these, at the greeting or at
//!   AUTH, it is about the server or this sender: a password that was changed is to hold mail up,
//!   not to throw it away. The same goes for TLS, and for what the host does not grant.
//! - Where the answer to the message was lost, it is sent again: at least once is what was promised.

use crate::envoi::mail::smtp::{Error, Phase, Rejection, Reply};
use crate::exports::example::mail_worker::delivery::Fate;

/// With one line for people.
pub fn of_error(error: &Error) -> (Fate, String) {
    let later = |why: String| (Fate::Later, why);
    let refused = |why: String| (Fate::Refused, why);
    match error {
        Error::Rejected(rejection) => (of_rejection(rejection), text(&rejection.reply)),
        Error::Timeout(phase) => (of_silence(*phase), format!("no answer ({})", name(*phase))),
        Error::Disconnected(phase) => (
            of_silence(*phase),
            format!("connection lost ({})", name(*phase)),
        ),
        Error::Protocol((phase, what)) => (
            of_silence(*phase),
            format!("not SMTP ({}): {what}", name(*phase)),
        ),
        Error::InvalidArgument(what) => refused(what.clone()),
        Error::MessageTooLarge(limit) => {
            refused(format!("larger than the server's limit, {limit} octets"))
        }
        Error::ExtensionUnavailable(what) => refused(format!("the server does not offer {what}")),
        Error::RecipientsRefused(_) => refused("no recipient was taken".into()),
        Error::AccessDenied(phase) => {
            later(format!("the host does not allow it ({})", name(*phase)))
        }
        Error::LookupFailed(what) => later(format!("name lookup failed: {what}")),
        Error::ConnectFailed(what) => later(format!("no connection: {what}")),
        Error::TlsFailed((_, what)) => later(format!("no TLS: {what}")),
        Error::StarttlsUnavailable => later("the server does not offer STARTTLS".into()),
        Error::AuthUnavailable(offered) => later(format!(
            "no mechanism for these credentials; offered: {}",
            offered.join(" ")
        )),
        Error::AuthNeedsTls => later("no credentials without TLS".into()),
        Error::WrongState(what) | Error::Other(what) => later(what.clone()),
    }
}

pub fn of_code(code: u16) -> Fate {
    match code {
        500.. => Fate::Refused,
        _ => Fate::Later,
    }
}

pub fn text(reply: &Reply) -> String {
    format!("{} {}", reply.code, reply.lines.join(" "))
}

fn of_rejection(rejection: &Rejection) -> Fate {
    match rejection.phase {
        Phase::Mail | Phase::Rcpt | Phase::Data | Phase::Content | Phase::Acceptance => {
            of_code(rejection.reply.code)
        }
        _ => Fate::Later,
    }
}

fn of_silence(phase: Phase) -> Fate {
    match phase {
        Phase::Acceptance => Fate::Perhaps,
        _ => Fate::Later,
    }
}

fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Lookup => "name lookup",
        Phase::Connect => "connecting",
        Phase::Tls => "TLS handshake",
        Phase::Greeting => "greeting",
        Phase::Hello => "EHLO",
        Phase::Starttls => "STARTTLS",
        Phase::Auth => "AUTH",
        Phase::Mail => "MAIL",
        Phase::Rcpt => "RCPT",
        Phase::Data => "DATA",
        Phase::Content => "within the message",
        Phase::Acceptance => "after the message: perhaps delivered",
        Phase::Quit => "QUIT",
        Phase::Other => "another command",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejected(phase: Phase, code: u16) -> Fate {
        let lines = vec!["5.7.1 No".to_owned(), "never".to_owned()];
        let reply = Reply {
            code,
            enhanced_code: None,
            lines,
        };
        let tried = Vec::new();
        let rejection = Rejection {
            phase,
            reply,
            tried,
        };
        let (fate, text) = of_error(&Error::Rejected(rejection));
        assert_eq!(text, format!("{code} 5.7.1 No never"));
        fate
    }

    #[test]
    fn a_message_refused_for_now_is_tried_again() {
        assert_eq!(rejected(Phase::Mail, 451), Fate::Later);
        assert_eq!(rejected(Phase::Acceptance, 452), Fate::Later);
    }

    #[test]
    fn a_message_refused_for_good_is_not() {
        for phase in [Phase::Mail, Phase::Data, Phase::Acceptance] {
            assert_eq!(rejected(phase, 554), Fate::Refused);
        }
        assert_eq!(of_error(&Error::MessageTooLarge(10)).0, Fate::Refused);
    }

    #[test]
    fn a_changed_password_holds_mail_up_and_loses_none() {
        assert_eq!(rejected(Phase::Auth, 535), Fate::Later);
        assert_eq!(rejected(Phase::Greeting, 554), Fate::Later);
    }

    #[test]
    fn a_connection_lost_behind_the_message_leaves_it_perhaps_delivered() {
        assert_eq!(
            of_error(&Error::Disconnected(Phase::Content)).0,
            Fate::Later
        );
        assert_eq!(
            of_error(&Error::Timeout(Phase::Acceptance)).0,
            Fate::Perhaps
        );
    }
}

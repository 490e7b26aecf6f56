//! Exit codes of sysexits.h. They tell the caller whether to try again.

use crate::envoi::mail::smtp::{Error, Phase, RecipientReply, Rejection, Reply};

pub(crate) const USAGE: u8 = 64;
pub(crate) const DATA: u8 = 65;
pub(crate) const NO_INPUT: u8 = 66;
pub(crate) const NO_USER: u8 = 67;
pub(crate) const NO_HOST: u8 = 68;
pub(crate) const UNAVAILABLE: u8 = 69;
pub(crate) const SOFTWARE: u8 = 70;
pub(crate) const IO: u8 = 74;
pub(crate) const TEMPORARY: u8 = 75;
pub(crate) const PROTOCOL: u8 = 76;
pub(crate) const NO_PERMISSION: u8 = 77;
pub(crate) const CONFIGURATION: u8 = 78;

/// Why the message was not sent to all recipients, for people and for programs.
#[derive(Debug)]
pub(crate) struct Failure {
    pub code: u8,
    pub what: String,
}

impl Failure {
    pub(crate) fn new(code: u8, what: impl Into<String>) -> Self {
        let what = what.into();
        Self { code, what }
    }
}

pub(crate) fn code(error: &Error) -> u8 {
    match error {
        Error::InvalidArgument(_) => DATA,
        Error::AccessDenied(_) => NO_PERMISSION,
        Error::LookupFailed(_) => NO_HOST,
        // sysexits.h gives a failed connection as its example.
        Error::ConnectFailed(_) | Error::Timeout(_) | Error::Disconnected(_) => TEMPORARY,
        Error::TlsFailed(_) | Error::ProtocolError(_) => PROTOCOL,
        Error::StarttlsUnavailable | Error::AuthUnavailable(_) | Error::AuthNeedsTls => {
            CONFIGURATION
        }
        Error::ExtensionUnavailable(_) | Error::MessageTooLarge(_) => UNAVAILABLE,
        Error::Rejected(rejection) => of_rejection(rejection),
        Error::RecipientsRefused(refused) => of_recipients(refused),
        Error::WrongState(_) | Error::Other(_) => SOFTWARE,
    }
}

/// The code for refused recipients: `TEMPORARY` if at least one may be accepted later.
pub(crate) fn of_recipients(refused: &[RecipientReply]) -> u8 {
    let codes = refused.iter().map(|one| of_recipient(&one.reply));
    let later = |code: &u8| *code == TEMPORARY;
    codes
        .clone()
        .find(later)
        .or(codes.clone().next())
        .unwrap_or(SOFTWARE)
}

fn of_rejection(Rejection { phase, reply, .. }: &Rejection) -> u8 {
    match (phase, reply.code) {
        (_, 400..=499) => TEMPORARY,
        // 530: authentication required (RFC 4954, section 6).
        (Phase::Auth, _) | (_, 530) => NO_PERMISSION,
        _ => UNAVAILABLE,
    }
}

/// Uses the enhanced code (RFC 3463): 5.1.x is about the address, 5.2.x the mailbox, 5.7.x policy.
fn of_recipient(reply: &Reply) -> u8 {
    match (reply.code, reply.enhanced_code) {
        (400..=499, _) => TEMPORARY,
        (530, _) | (_, Some((_, 7, _))) => NO_PERMISSION,
        (550 | 551 | 553, None) | (_, Some((_, 1, _))) => NO_USER,
        _ => UNAVAILABLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u16, enhanced_code: Option<(u8, u16, u16)>) -> Reply {
        Reply {
            code,
            enhanced_code,
            text: String::new(),
        }
    }

    #[test]
    fn a_reply_says_whether_to_try_again() {
        let rejected = |phase, code| {
            let reply = reply(code, None);
            let tried_mechanisms = Vec::new();
            super::code(&Error::Rejected(Rejection {
                phase,
                reply,
                tried_mechanisms,
            }))
        };
        assert_eq!(rejected(Phase::Mail, 451), TEMPORARY);
        assert_eq!(rejected(Phase::Auth, 454), TEMPORARY);
        assert_eq!(rejected(Phase::Auth, 535), NO_PERMISSION);
        assert_eq!(rejected(Phase::Mail, 530), NO_PERMISSION);
        assert_eq!(rejected(Phase::Acceptance, 554), UNAVAILABLE);
    }

    #[test]
    fn a_refused_recipient_is_unknown_or_not_permitted_or_unavailable() {
        for (code, enhanced, expected) in [
            (450, None, TEMPORARY),
            (550, None, NO_USER),
            (550, Some((5, 1, 1)), NO_USER),
            (550, Some((5, 7, 1)), NO_PERMISSION),
            (552, Some((5, 2, 2)), UNAVAILABLE),
            (554, None, UNAVAILABLE),
        ] {
            assert_eq!(of_recipient(&reply(code, enhanced)), expected, "{code}");
        }
    }

    #[test]
    fn one_temporary_refusal_among_several_makes_the_code_temporary() {
        let refused = |code| RecipientReply {
            recipient: "b@x".into(),
            reply: reply(code, None),
        };
        assert_eq!(of_recipients(&[refused(550), refused(451)]), TEMPORARY);
        assert_eq!(of_recipients(&[refused(550), refused(554)]), NO_USER);
    }
}

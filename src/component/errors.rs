//! Conversions of errors, in both directions: exports return them, and `explain` takes one.

use super::convert::all;
use super::wit;
use crate::sasl::Mechanism;
use crate::smtp::error::{Error, Phase, RecipientReply, TlsFailure, UnavailableExtension};
use crate::smtp::explain::{Explanation, Outcome, Retry};
use crate::smtp::reply::{EnhancedCode, Reply};
use crate::timeouts::Timeout;

impl From<Error> for wit::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidArgument(text) => Self::InvalidArgument(text),
            Error::AccessDenied(phase) => Self::AccessDenied(phase.into()),
            Error::LookupFailed(text) => Self::LookupFailed(text),
            Error::ConnectFailed(text) => Self::ConnectFailed(text),
            Error::Timeout(phase, limit) => Self::Timeout(wit::TimedOut {
                phase: phase.into(),
                limit: limit.into(),
            }),
            Error::Disconnected(phase) => Self::Disconnected(phase.into()),
            Error::TlsFailed(failure, text) => Self::TlsFailed((failure.into(), text)),
            Error::StartTlsUnavailable => Self::StarttlsUnavailable,
            Error::AuthUnavailable(offered) => Self::AuthUnavailable(offered),
            Error::AuthNeedsTls => Self::AuthNeedsTls,
            Error::ExtensionUnavailable(UnavailableExtension { keyword, reason }) => {
                Self::ExtensionUnavailable(wit::UnavailableExtension { keyword, reason })
            }
            Error::MessageTooLarge(limit) => Self::MessageTooLarge(limit),
            Error::Rejected(phase, reply) => Self::Rejected(wit::Rejection {
                phase: phase.into(),
                reply: reply.into(),
                tried_mechanisms: Vec::new(),
            }),
            Error::AuthRefused(reply, tried) => Self::Rejected(wit::Rejection {
                phase: wit::Phase::Auth,
                reply: reply.into(),
                tried_mechanisms: tried.into_iter().map(|m| m.name().into()).collect(),
            }),
            Error::RecipientsRefused(refused) => Self::RecipientsRefused(all(refused)),
            Error::Protocol(phase, text) => Self::ProtocolError((phase.into(), text)),
            Error::WrongState(text) => Self::WrongState(text),
            Error::Other(text) => Self::Other(text),
        }
    }
}

impl From<wit::Error> for Error {
    fn from(error: wit::Error) -> Self {
        match error {
            wit::Error::InvalidArgument(text) => Self::InvalidArgument(text),
            wit::Error::AccessDenied(phase) => Self::AccessDenied(phase.into()),
            wit::Error::LookupFailed(text) => Self::LookupFailed(text),
            wit::Error::ConnectFailed(text) => Self::ConnectFailed(text),
            wit::Error::Timeout(wit::TimedOut { phase, limit }) => {
                Self::Timeout(phase.into(), limit.into())
            }
            wit::Error::Disconnected(phase) => Self::Disconnected(phase.into()),
            wit::Error::TlsFailed((failure, text)) => Self::TlsFailed(failure.into(), text),
            wit::Error::StarttlsUnavailable => Self::StartTlsUnavailable,
            wit::Error::AuthUnavailable(offered) => Self::AuthUnavailable(offered),
            wit::Error::AuthNeedsTls => Self::AuthNeedsTls,
            wit::Error::ExtensionUnavailable(wit::UnavailableExtension { keyword, reason }) => {
                Self::ExtensionUnavailable(UnavailableExtension { keyword, reason })
            }
            wit::Error::MessageTooLarge(limit) => Self::MessageTooLarge(limit),
            wit::Error::Rejected(rejection) => rejection.into(),
            wit::Error::RecipientsRefused(refused) => Self::RecipientsRefused(all(refused)),
            wit::Error::ProtocolError((phase, text)) => Self::Protocol(phase.into(), text),
            wit::Error::WrongState(text) => Self::WrongState(text),
            wit::Error::Other(text) => Self::Other(text),
        }
    }
}

impl From<wit::Rejection> for Error {
    fn from(rejection: wit::Rejection) -> Self {
        let wit::Rejection {
            phase,
            reply,
            tried_mechanisms: tried,
        } = rejection;
        if phase == wit::Phase::Auth {
            let tried = tried.iter().filter_map(|name| Mechanism::from_name(name));
            Self::AuthRefused(reply.into(), tried.collect())
        } else {
            Self::Rejected(phase.into(), reply.into())
        }
    }
}

impl From<wit::RecipientReply> for RecipientReply {
    fn from(wit::RecipientReply { recipient, reply }: wit::RecipientReply) -> Self {
        Self {
            recipient,
            reply: reply.into(),
        }
    }
}

impl From<wit::Reply> for Reply {
    fn from(reply: wit::Reply) -> Self {
        let enhanced = |(class, subject, detail)| EnhancedCode {
            class,
            subject,
            detail,
        };
        Self {
            code: reply.code,
            enhanced: reply.enhanced_code.map(enhanced),
            lines: reply.text.split('\n').map(Into::into).collect(),
        }
    }
}

impl From<Explanation> for wit::Explanation {
    fn from(explanation: Explanation) -> Self {
        Self {
            outcome: explanation.outcome.into(),
            retry: explanation.retry.into(),
            sentence: explanation.sentence,
        }
    }
}

/// Conversions, in both directions, between an enum of the interface and the crate's enum of that name: first
/// the cases with equal names, then the one with two names (the interface's = the crate's).
macro_rules! same_cases {
    ($name:ident: $($case:ident),+ $(; $theirs:ident = $ours:ident)?) => {
        impl From<$name> for wit::$name {
            fn from(ours: $name) -> Self {
                match ours {
                    $($name::$case => Self::$case,)+
                    $($name::$ours => Self::$theirs,)?
                }
            }
        }

        impl From<wit::$name> for $name {
            fn from(theirs: wit::$name) -> Self {
                match theirs {
                    $(wit::$name::$case => Self::$case,)+
                    $(wit::$name::$theirs => Self::$ours,)?
                }
            }
        }
    };
}

same_cases!(
    Phase: Lookup, Connect, Tls, Greeting, Hello, Auth, Mail, Rcpt, Data, Content, Acceptance, Quit,
    Other; Starttls = StartTls
);
same_cases!(Timeout: Connect, Tls, Greeting, Command, Data, Block, Acceptance, Total);
same_cases!(
    TlsFailure: CertificateExpired, CertificateNotYetValid, CertificateUnknownIssuer,
    CertificateWrongName, CertificateRevoked, CertificateInvalid, CertificateNotPinned, Incompatible,
    HandshakeFailed
);
same_cases!(Outcome: NotSent, MayHaveBeenDelivered);
same_cases!(Retry: Never, Later, AfterAChange);

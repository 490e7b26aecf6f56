//! The interface's types to ours, and back.

use super::wit;
use crate::client::AuthStep;
use crate::sasl::{Bearer, Credentials, Password};
use crate::smtp::envelope::Receipt;
use crate::smtp::error::{Error, Phase, RecipientReply, TlsFailure};
use crate::smtp::reply::Reply;
use crate::smtp::session::Security;
use crate::smtp::transcript::Speaker;
use crate::timeouts::Timeout;
use crate::tls;
use crate::transcript::TranscriptLine;

impl From<tls::State> for wit::TlsState {
    fn from(state: tls::State) -> Self {
        Self {
            version: match state.is_tls13 {
                true => wit::TlsVersion::Tls13,
                false => wit::TlsVersion::Tls12,
            },
            cipher_suite: state.cipher_suite,
            key_exchange: state.key_exchange,
            resumed: state.resumed,
            peer_certificates: state.peer_certificates,
        }
    }
}

impl From<AuthStep> for wit::AuthStep {
    fn from(step: AuthStep) -> Self {
        match step {
            AuthStep::Challenge(challenge) => Self::Challenge(challenge),
            AuthStep::Done(reply) => Self::Done(reply.into()),
        }
    }
}

impl From<wit::Security> for Security {
    fn from(security: wit::Security) -> Self {
        match security {
            wit::Security::ImplicitTls => Self::ImplicitTls,
            wit::Security::Starttls => Self::StartTls,
            wit::Security::Opportunistic => Self::Opportunistic,
            wit::Security::Plaintext => Self::Plaintext,
        }
    }
}

impl From<wit::Credentials> for Credentials {
    fn from(credentials: wit::Credentials) -> Self {
        match credentials {
            wit::Credentials::Password(wit::PasswordCredentials {
                username,
                password,
                authorization_id,
            }) => Self::Password(Password {
                username,
                password,
                authorization_id,
            }),
            wit::Credentials::Bearer(wit::BearerCredentials { username, token }) => {
                Self::Bearer(Bearer { username, token })
            }
            wit::Credentials::External(identity) => Self::External(identity),
        }
    }
}

impl From<wit::Timeout> for Timeout {
    fn from(timeout: wit::Timeout) -> Self {
        match timeout {
            wit::Timeout::Connect => Self::Connect,
            wit::Timeout::Tls => Self::Tls,
            wit::Timeout::Greeting => Self::Greeting,
            wit::Timeout::Command => Self::Command,
            wit::Timeout::Data => Self::Data,
            wit::Timeout::Block => Self::Block,
            wit::Timeout::Acceptance => Self::Acceptance,
            wit::Timeout::Total => Self::Total,
        }
    }
}

impl From<Receipt> for wit::Receipt {
    fn from(receipt: Receipt) -> Self {
        Self {
            accepted: all(receipt.accepted),
            refused: all(receipt.refused),
            unknown: receipt.unknown,
        }
    }
}

impl From<RecipientReply> for wit::RecipientReply {
    fn from(RecipientReply { recipient, reply }: RecipientReply) -> Self {
        Self {
            recipient,
            reply: reply.into(),
        }
    }
}

impl From<Reply> for wit::Reply {
    fn from(reply: Reply) -> Self {
        let enhanced_code = reply.enhanced.map(|e| (e.class, e.subject, e.detail));
        Self {
            code: reply.code,
            enhanced_code,
            lines: reply.lines,
        }
    }
}

impl From<TranscriptLine> for wit::TranscriptLine {
    fn from(line: TranscriptLine) -> Self {
        let speaker = match line.speaker {
            Speaker::Client => wit::Speaker::Client,
            Speaker::Server => wit::Speaker::Server,
            Speaker::Event => wit::Speaker::Event,
        };
        let elapsed = u64::try_from(line.elapsed.as_nanos()).unwrap_or(u64::MAX);
        Self {
            speaker,
            text: line.text,
            elapsed,
        }
    }
}

impl From<Error> for wit::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidArgument(text) => Self::InvalidArgument(text),
            Error::AccessDenied(phase) => Self::AccessDenied(phase.into()),
            Error::LookupFailed(text) => Self::LookupFailed(text),
            Error::ConnectFailed(text) => Self::ConnectFailed(text),
            Error::Timeout(phase) => Self::Timeout(phase.into()),
            Error::Disconnected(phase) => Self::Disconnected(phase.into()),
            Error::TlsFailed(failure, text) => Self::TlsFailed((failure.into(), text)),
            Error::StartTlsUnavailable => Self::StarttlsUnavailable,
            Error::AuthUnavailable(offered) => Self::AuthUnavailable(offered),
            Error::AuthNeedsTls => Self::AuthNeedsTls,
            Error::ExtensionUnavailable(keyword) => Self::ExtensionUnavailable(keyword),
            Error::MessageTooLarge(limit) => Self::MessageTooLarge(limit),
            Error::Rejected(phase, reply) => Self::Rejected(wit::Rejection {
                phase: phase.into(),
                reply: reply.into(),
                tried: Vec::new(),
            }),
            Error::AuthRefused(reply, tried) => Self::Rejected(wit::Rejection {
                phase: wit::Phase::Auth,
                reply: reply.into(),
                tried: tried.into_iter().map(|m| m.name().into()).collect(),
            }),
            Error::RecipientsRefused(refused) => Self::RecipientsRefused(all(refused)),
            Error::Protocol(phase, text) => Self::Protocol((phase.into(), text)),
            Error::WrongState(text) => Self::WrongState(text),
            Error::Other(text) => Self::Other(text),
        }
    }
}

impl From<Phase> for wit::Phase {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Lookup => Self::Lookup,
            Phase::Connect => Self::Connect,
            Phase::Tls => Self::Tls,
            Phase::Greeting => Self::Greeting,
            Phase::Hello => Self::Hello,
            Phase::StartTls => Self::Starttls,
            Phase::Auth => Self::Auth,
            Phase::Mail => Self::Mail,
            Phase::Rcpt => Self::Rcpt,
            Phase::Data => Self::Data,
            Phase::Content => Self::Content,
            Phase::Acceptance => Self::Acceptance,
            Phase::Quit => Self::Quit,
            Phase::Other => Self::Other,
        }
    }
}

impl From<TlsFailure> for wit::TlsFailure {
    fn from(failure: TlsFailure) -> Self {
        match failure {
            TlsFailure::CertificateExpired => Self::CertificateExpired,
            TlsFailure::CertificateNotYetValid => Self::CertificateNotYetValid,
            TlsFailure::CertificateUnknownIssuer => Self::CertificateUnknownIssuer,
            TlsFailure::CertificateWrongName => Self::CertificateWrongName,
            TlsFailure::CertificateRevoked => Self::CertificateRevoked,
            TlsFailure::CertificateInvalid => Self::CertificateInvalid,
            TlsFailure::CertificateNotPinned => Self::CertificateNotPinned,
            TlsFailure::Incompatible => Self::Incompatible,
            TlsFailure::HandshakeFailed => Self::HandshakeFailed,
        }
    }
}

/// One function for each type, rather than a part of each export.
pub fn answer<T, U: From<T>>(result: Result<T, Error>) -> Result<U, wit::Error> {
    Ok(result?.into())
}

pub fn all<T, U: From<T>>(items: Vec<T>) -> Vec<U> {
    items.into_iter().map(Into::into).collect()
}

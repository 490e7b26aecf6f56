//! The interface's types to ours, and back.

use super::wit;
use crate::client::AuthStep;
use crate::sasl::{Bearer, Credentials, Password};
use crate::smtp::envelope::{Receipt, Unsent};
use crate::smtp::error::{Error, RecipientReply};
use crate::smtp::reply::Reply;
use crate::smtp::session::Security;
use crate::smtp::transcript::Speaker;
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

impl From<Receipt> for wit::Receipt {
    fn from(receipt: Receipt) -> Self {
        Self {
            accepted: all(receipt.accepted),
            refused: all(receipt.refused),
            unknown: receipt.unknown,
            unsent: all(receipt.unsent),
        }
    }
}

impl From<Unsent> for wit::UnsentRecipient {
    fn from(Unsent { recipient, error }: Unsent) -> Self {
        Self {
            recipient,
            error: error.into(),
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

/// One function for each type, rather than a part of each export.
pub fn answer<T, U: From<T>>(result: Result<T, Error>) -> Result<U, wit::Error> {
    Ok(result?.into())
}

pub fn all<T, U: From<T>>(items: Vec<T>) -> Vec<U> {
    items.into_iter().map(Into::into).collect()
}

//! Conversions between the types of the interface and those of the crate.

use super::wit;
use crate::client::AuthStep;
use crate::sasl::{Bearer, Credentials, Password};
use crate::smtp::config::{
    AuthPipelining, InitialResponse, PipeliningAfterMessage, Protocol, Security,
};
use crate::smtp::error::{Error, RecipientReply};
use crate::smtp::receipt::{Receipt, Unsent};
use crate::smtp::reply::Reply;
use crate::smtp::transcript::Speaker;
use crate::tls;
use crate::transcript::TranscriptLine;

impl From<tls::State> for wit::TlsState {
    fn from(state: tls::State) -> Self {
        Self {
            version: if state.is_tls13 {
                wit::TlsVersion::Tls13
            } else {
                wit::TlsVersion::Tls12
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

impl From<wit::Protocol> for Protocol {
    fn from(protocol: wit::Protocol) -> Self {
        match protocol {
            wit::Protocol::Smtp => Self::Smtp,
            wit::Protocol::Lmtp => Self::Lmtp,
        }
    }
}

impl From<wit::InitialResponse> for InitialResponse {
    fn from(when: wit::InitialResponse) -> Self {
        match when {
            wit::InitialResponse::Auto => Self::Auto,
            wit::InitialResponse::Always => Self::Always,
            wit::InitialResponse::Never => Self::Never,
        }
    }
}

impl From<wit::PipeliningAfterMessage> for PipeliningAfterMessage {
    fn from(when: wit::PipeliningAfterMessage) -> Self {
        match when {
            wit::PipeliningAfterMessage::Never => Self::Never,
            wit::PipeliningAfterMessage::AfterBdat => Self::AfterBdat,
            wit::PipeliningAfterMessage::Always => Self::Always,
        }
    }
}

impl From<wit::AuthPipelining> for AuthPipelining {
    fn from(when: wit::AuthPipelining) -> Self {
        match when {
            wit::AuthPipelining::Never => Self::Never,
            wit::AuthPipelining::PlainAndExternal => Self::PlainAndExternal,
            wit::AuthPipelining::TokensToo => Self::TokensToo,
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
            text: reply.lines.join("\n"),
        }
    }
}

impl From<TranscriptLine> for wit::TranscriptLine {
    fn from(line: TranscriptLine) -> Self {
        let source = match line.speaker {
            Speaker::Client => wit::TranscriptSource::Client,
            Speaker::Server => wit::TranscriptSource::Server,
            Speaker::Event => wit::TranscriptSource::Event,
        };
        let elapsed = u64::try_from(line.elapsed.as_nanos()).unwrap_or(u64::MAX);
        Self {
            source,
            text: line.text,
            elapsed,
        }
    }
}

/// The result of an export. One generic function, so that its code is not repeated in each export.
pub(super) fn answer<T, U: From<T>>(result: Result<T, Error>) -> Result<U, wit::Error> {
    Ok(result?.into())
}

/// The errors of messages that cannot be sent, each at its place.
pub(super) struct Invalid(Vec<Option<Error>>);

/// Separates the messages that can be sent from the errors of the others.
pub(super) fn separate<M>(messages: impl Iterator<Item = Result<M, Error>>) -> (Vec<M>, Invalid) {
    let (mut valid, mut invalid) = (Vec::new(), Vec::new());
    for message in messages {
        match message {
            Ok(message) => {
                valid.push(message);
                invalid.push(None);
            }
            Err(error) => invalid.push(Some(error)),
        }
    }
    (valid, Invalid(invalid))
}

impl Invalid {
    /// In the order of the messages: the error of an invalid one, or the next result.
    pub(super) fn fill_in(
        self,
        sent: Vec<Result<Receipt, Error>>,
    ) -> Vec<Result<wit::Receipt, wit::Error>> {
        let mut sent = sent.into_iter();
        let Self(invalid) = self;
        let results = invalid
            .into_iter()
            .flat_map(|error| error.map_or_else(|| sent.next(), |error| Some(Err(error))));
        results.map(answer).collect()
    }
}

/// The result of a function that only checks its arguments, and so fails only with `invalid-argument`. Each export
/// contains the code to return every error that it may have. Inlined, this one leaves out 2 kB of it.
#[inline(always)]
pub(super) fn checked<T, U: From<T>>(result: Result<T, Error>) -> Result<U, wit::Error> {
    match result {
        Ok(value) => Ok(value.into()),
        Err(error) => Err(wit::Error::InvalidArgument(text(error))),
    }
}

fn text(error: Error) -> String {
    match error {
        Error::InvalidArgument(text) => text,
        other => other.to_string(),
    }
}

pub(super) fn all<T, U: From<T>>(items: Vec<T>) -> Vec<U> {
    items.into_iter().map(Into::into).collect()
}

//! Why there is no TLS connection, in words that help.

use std::fmt;

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error as RustlsError, InvalidMessage};

use super::certificate_fault::fault;
use super::date::date;
use super::name::ServerName;
use crate::smtp::error::TlsFailure as Failure;

/// Why a TLS connection was not made, or has to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The kind of failure for programs, and a sentence for people.
    Failed(Failure, String),
    /// The platform gave no randomness to make keys from. The server is not at fault.
    NoRandomness,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failed(_, message) => message,
            Self::NoRandomness => "the host gave no randomness, without which TLS has no keys",
        })
    }
}

impl std::error::Error for Error {}

impl Error {
    /// `refusal` is webpki's error about the chain, if rustls has no variant for it.
    pub(super) fn from_rustls(
        error: &RustlsError,
        refusal: Option<webpki::Error>,
        name: &ServerName,
    ) -> Self {
        match error {
            RustlsError::InvalidCertificate(error) => certificate(error, refusal, name),
            RustlsError::AlertReceived(alert) => alert_received(*alert),
            RustlsError::PeerIncompatible(why) => Self::Failed(
                Failure::Incompatible,
                format!("the server does not speak TLS 1.2 or 1.3 as this client does: {why:?}"),
            ),
            RustlsError::InvalidMessage(
                InvalidMessage::InvalidContentType
                | InvalidMessage::UnknownProtocolVersion
                | InvalidMessage::MessageTooLarge,
            ) => Self::handshake_failed("what the server sent is not TLS: is this the right port?"),
            RustlsError::InvalidMessage(InvalidMessage::HandshakePayloadTooLarge) => {
                Self::too_long()
            }
            RustlsError::EncryptError => Self::handshake_failed(
                "the keys of this TLS connection are used up: open a new one",
            ),
            RustlsError::FailedToGetRandomBytes | RustlsError::FailedToGetCurrentTime => {
                Self::internal(error)
            }
            error => Self::handshake_failed(format!("the server broke the TLS protocol: {error}")),
        }
    }

    /// For errors on the client's side.
    pub(super) fn internal(error: &RustlsError) -> Self {
        match error {
            RustlsError::FailedToGetRandomBytes => Self::NoRandomness,
            error => Self::handshake_failed(format!("TLS cannot start: {error}")),
        }
    }

    pub(super) fn nothing_trusted() -> Self {
        Self::Failed(
            Failure::CertificateUnknownIssuer,
            "no authority is trusted: add one with add-trust-anchors, or use the bundled roots"
                .into(),
        )
    }

    pub(super) fn clear_text() -> Self {
        Self::handshake_failed(
            "the server answered in clear where TLS was expected: it wants STARTTLS, usually on port 587",
        )
    }

    pub(super) fn too_long() -> Self {
        Self::handshake_failed(
            "the server's handshake is longer than any certificate chain explains",
        )
    }

    pub(super) fn not_open() -> Self {
        Self::handshake_failed("the TLS connection is not open for sending")
    }

    fn handshake_failed(message: impl Into<String>) -> Self {
        Self::Failed(Failure::HandshakeFailed, message.into())
    }
}

fn certificate(
    error: &CertificateError,
    refusal: Option<webpki::Error>,
    name: &ServerName,
) -> Error {
    let (failure, what) = match error {
        CertificateError::ExpiredContext { time, not_after } => expired(*time, *not_after),
        CertificateError::NotValidYetContext { time, not_before } => not_yet_valid(*time, *not_before),
        CertificateError::Expired => (Failure::CertificateExpired, "is never valid".into()),
        CertificateError::UnknownIssuer => (
            Failure::CertificateUnknownIssuer,
            "is issued by no trusted authority: if you trust its issuer, add that with add-trust-anchors".into(),
        ),
        CertificateError::NotValidForNameContext { presented, .. } => wrong_name(presented),
        CertificateError::Revoked => (Failure::CertificateRevoked, "is revoked".into()),
        CertificateError::ApplicationVerificationFailure => (
            Failure::CertificateNotPinned,
            "is valid, but its key is not in the list of set-pinned-keys: does the server have a new key?"
                .into(),
        ),
        error => (Failure::CertificateInvalid, fault(error, refusal)),
    };
    Error::Failed(failure, format!("the certificate of {name} {what}"))
}

fn expired(now: UnixTime, not_after: UnixTime) -> (Failure, String) {
    let what = format!(
        "expired on {}, and it is {} now: the server needs a new one, or the clock here is wrong",
        date(not_after),
        date(now)
    );
    (Failure::CertificateExpired, what)
}

fn not_yet_valid(now: UnixTime, not_before: UnixTime) -> (Failure, String) {
    let what = format!(
        "is valid from {} only, and it is {} now: is the clock here right?",
        date(not_before),
        date(now)
    );
    (Failure::CertificateNotYetValid, what)
}

fn wrong_name(presented: &[String]) -> (Failure, String) {
    /// The server chooses the names, and may have hundreds.
    const MAX_NAMES: usize = 5;
    // webpki writes e-mail addresses and other kinds of names as "Unsupported(…)".
    let presented: Vec<_> = presented
        .iter()
        .filter(|name| !name.starts_with("Unsupported("))
        .collect();
    let mut names: Vec<_> = presented
        .iter()
        .take(MAX_NAMES)
        .map(|name| bare_name(name))
        .collect();
    if presented.len() > MAX_NAMES {
        names.push("others".into());
    }
    let what = if names.is_empty() {
        "has no name at all".into()
    } else {
        let names = names.join(", ");
        format!("has other names: {names}; one of them may be right as server name")
    };
    (Failure::CertificateWrongName, what)
}

/// `mail.example` of webpki's `DnsName("mail.example")`. Escaped, because the server chose it and it could
/// disturb a terminal.
fn bare_name(presented: &str) -> String {
    let inner = presented
        .split_once('(')
        .map_or(presented, |(_, inner)| inner);
    let name = inner.trim_matches(|c| matches!(c, '"' | ')'));
    name.escape_default().to_string()
}

fn alert_received(alert: AlertDescription) -> Error {
    match alert {
        AlertDescription::ProtocolVersion
        | AlertDescription::HandshakeFailure
        | AlertDescription::InsufficientSecurity => Error::Failed(
            Failure::Incompatible,
            format!(
                "the server shares no version or cipher suite with this client, or wants a client certificate (alert {alert:?})"
            ),
        ),
        AlertDescription::CloseNotify => {
            Error::handshake_failed("the server closed the connection during the handshake")
        }
        AlertDescription::UnrecognisedName => Error::Failed(
            Failure::CertificateWrongName,
            "the server does not know this name (alert UnrecognisedName)".into(),
        ),
        AlertDescription::CertificateRequired => Error::handshake_failed(
            "the server wants a client certificate: set one with set-client-certificate",
        ),
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied => Error::handshake_failed(format!(
            "the server does not accept this client's certificate (alert {alert:?})"
        )),
        alert => Error::handshake_failed(format!("the server broke off with the alert {alert:?}")),
    }
}

//! Why no TLS connection stands, in words that help.

use std::fmt;

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error as RustlsError, InvalidMessage};

use super::date::date;
use super::fault::fault;
use super::name::ServerName;

/// The kind of failure, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    CertificateExpired,
    CertificateNotYetValid,
    CertificateUnknownIssuer,
    CertificateWrongName,
    CertificateRevoked,
    CertificateInvalid,
    /// Valid, but not of a pinned key.
    CertificateNotPinned,
    /// No version or cipher suite in common.
    Incompatible,
    /// The server broke off with an alert, or broke the protocol.
    HandshakeFailed,
    /// The host gave no randomness to make keys from: not the server's fault.
    NoRandomness,
}

/// A failure, and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub failure: Failure,
    pub message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl Error {
    /// `refusal` is what webpki had against the chain, for errors without a variant of rustls's.
    pub(super) fn from_rustls(
        error: &RustlsError,
        refusal: Option<webpki::Error>,
        name: &ServerName,
    ) -> Self {
        match error {
            RustlsError::InvalidCertificate(error) => certificate(error, refusal, name),
            RustlsError::AlertReceived(alert) => alert_received(*alert),
            RustlsError::PeerIncompatible(why) => Self::new(
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

    /// Not the server's fault.
    pub(super) fn internal(error: &RustlsError) -> Self {
        match error {
            RustlsError::FailedToGetRandomBytes => Self::no_randomness(),
            error => Self::handshake_failed(format!("TLS cannot start: {error}")),
        }
    }

    fn no_randomness() -> Self {
        let why = "the host gave no randomness, without which TLS has no keys";
        Self::new(Failure::NoRandomness, why)
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
        Self::new(Failure::HandshakeFailed, message)
    }

    fn new(failure: Failure, message: impl Into<String>) -> Self {
        Self {
            failure,
            message: message.into(),
        }
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
            "is valid, but its key is none of those that set-pinned-keys names: has the server a new \
             key?"
                .into(),
        ),
        error => (Failure::CertificateInvalid, fault(error, refusal)),
    };
    Error::new(failure, format!("the certificate of {name} {what}"))
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
    /// A certificate may bear hundreds, all of the server's choosing.
    const MAX_NAMES: usize = 5;
    // Addresses for mail and the like name no server; webpki puts them so.
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
    let what = match names.is_empty() {
        true => "bears no name at all".into(),
        false => format!(
            "bears other names: {}; one of them may do as server name",
            names.join(", ")
        ),
    };
    (Failure::CertificateWrongName, what)
}

/// `mail.example` of webpki's `DnsName("mail.example")`; the server chose it, so what could disturb
/// a terminal is escaped.
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
        | AlertDescription::InsufficientSecurity => Error::new(
            Failure::Incompatible,
            format!(
                "the server shares no version or cipher suite with this client, or wants a client certificate (alert {alert:?})"
            ),
        ),
        AlertDescription::CloseNotify => {
            Error::handshake_failed("the server closed the connection during the handshake")
        }
        AlertDescription::UnrecognisedName => Error::new(
            Failure::CertificateWrongName,
            "the server does not go by this name (alert UnrecognisedName)",
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
            "the server does not take this client's certificate (alert {alert:?})"
        )),
        alert => Error::handshake_failed(format!("the server broke off with the alert {alert:?}")),
    }
}

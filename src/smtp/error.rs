//! Errors, with the step at which they happened; and whether the message may have been delivered.

use std::fmt;

use super::explain::{Retry, what_happened};
use super::reply::Reply;
use crate::sasl::Mechanism;

/// The step of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// The lookup of the host's name.
    Lookup,
    /// The TCP connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The server's first reply.
    Greeting,
    /// EHLO, HELO or LHLO.
    Hello,
    /// STARTTLS (RFC 3207).
    StartTls,
    /// AUTH (RFC 4954).
    Auth,
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA.
    Data,
    /// Some of the message has not left yet: it is not delivered.
    Content,
    /// The last octet may have left, and the reply has not come: the message may have been delivered.
    Acceptance,
    /// QUIT.
    Quit,
    /// RSET, NOOP and other commands between messages.
    Other,
}

/// What a timeout limits (RFC 5321, section 4.5.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Timeout {
    /// The name lookup, or the TCP connection to one address.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The wait for the greeting.
    Greeting,
    /// The wait for the reply to a command.
    Command,
    /// The wait for the reply to DATA.
    Data,
    /// A write that the server stalls.
    Block,
    /// The wait for the reply to the message.
    Acceptance,
    /// A whole call.
    Total,
}

/// Why the TLS handshake failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsFailure {
    /// The certificate, or one above it, has expired.
    CertificateExpired,
    /// The certificate, or one above it, is not valid yet.
    CertificateNotYetValid,
    /// No trust anchor vouches for the certificate.
    CertificateUnknownIssuer,
    /// The certificate is for other names.
    CertificateWrongName,
    /// The certificate was revoked.
    CertificateRevoked,
    /// The certificate is wrong in another way.
    CertificateInvalid,
    /// The certificate's key is not pinned.
    CertificateNotPinned,
    /// The peers have no version or cipher suite in common.
    Incompatible,
    /// The server sent an alert, or broke the protocol.
    HandshakeFailed,
}

/// The server's reply to one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientReply {
    /// The address as the caller wrote it.
    pub recipient: String,
    /// The reply to RCPT, or to the message.
    pub reply: Reply,
}

/// An extension that the server does not offer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnavailableExtension {
    /// The keyword of the reply to EHLO.
    pub keyword: String,
    /// For people: the option, address or header field that needs it, and the alternative.
    pub reason: String,
}

/// Why a call failed. The cases are for programs, the texts for people. No text holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// An argument cannot be sent. Nothing was sent.
    InvalidArgument(String),
    /// The host does not grant sockets or name lookup.
    AccessDenied(Phase),
    /// The host's name has no address, or the resolver failed.
    LookupFailed(String),
    /// No address of the server could be connected to.
    ConnectFailed(String),
    /// The step, and the limit that passed in it.
    Timeout(Phase, Timeout),
    /// The connection ended without a reply.
    Disconnected(Phase),
    /// The cause, and a text.
    TlsFailed(TlsFailure, String),
    /// TLS is required, and the server does not offer STARTTLS.
    StartTlsUnavailable,
    /// No mechanism fits the credentials. The mechanisms are those that the server offers.
    AuthUnavailable(Vec<String>),
    /// Credentials are not sent without TLS.
    AuthNeedsTls,
    /// The message or an option needs an extension that the server does not offer.
    ExtensionUnavailable(UnavailableExtension),
    /// The message is larger than this SIZE limit of the server, in octets (RFC 1870).
    MessageTooLarge(u64),
    /// A 4yz or 5yz reply to any command but AUTH.
    Rejected(Phase, Reply),
    /// The first 4yz or 5yz reply to AUTH, and the mechanisms that were refused, in order.
    AuthRefused(Reply, Vec<Mechanism>),
    /// The server refused each recipient, or one of them if the caller wants all or nothing.
    RecipientsRefused(Vec<RecipientReply>),
    /// The server's octets are not SMTP.
    Protocol(Phase, String),
    /// The call has no place at this point of the session.
    WrongState(String),
    /// Another error of the host or the library.
    Other(String),
}

impl Error {
    /// Whether the server may have the whole message, and its reply did not come or cannot be read. A refusal
    /// is a reply: after it, the message is not delivered.
    pub fn may_have_been_delivered(&self) -> bool {
        matches!(
            self,
            Self::Timeout(Phase::Acceptance, _)
                | Self::Disconnected(Phase::Acceptance)
                | Self::Protocol(Phase::Acceptance, _)
        )
    }

    /// Whether the same call may succeed later, with nothing changed.
    pub fn is_transient(&self) -> bool {
        self.retry() == Retry::Later
    }

    /// Whether the same message will fail again. An error that is neither transient nor permanent needs a
    /// change of the set-up: credentials, host grants, port, certificate.
    pub fn is_permanent(&self) -> bool {
        self.retry() == Retry::Never
    }

    /// The server's reply, if one reply was the error. Refused recipients have one reply each.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Rejected(_, reply) | Self::AuthRefused(reply, _) => Some(reply),
            _ => None,
        }
    }

    /// `need` goes on after "the server does not offer X, ": "which … needs: do …".
    pub(super) fn unavailable(keyword: &str, need: impl fmt::Display) -> Self {
        Self::ExtensionUnavailable(UnavailableExtension {
            keyword: keyword.into(),
            reason: format!("the server does not offer {keyword}, {need}"),
        })
    }
}

/// The error and its step, for people. [`Error::explain`] adds whether the message was delivered, and the
/// next step.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&what_happened(self))
    }
}

impl std::error::Error for Error {}

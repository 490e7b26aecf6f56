//! What can go wrong, and at which step: the errors of `wit/smtp.wit`.

use std::fmt;

use super::reply::Reply;
use crate::sasl::Mechanism;

/// The step of the session at which something went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Lookup,
    Connect,
    Tls,
    Greeting,
    Hello,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// Some of the message has not left yet: it is not delivered.
    Content,
    /// The last octet may have left, the answer has not come: the message may have been delivered.
    Acceptance,
    Quit,
    /// RSET and NOOP.
    Other,
}

/// What a timeout limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    Connect,
    Tls,
    Greeting,
    Command,
    Data,
    /// Each write that the server lets stall.
    Block,
    Acceptance,
    /// A whole call.
    Total,
}

/// Why no TLS connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsFailure {
    CertificateExpired,
    CertificateNotYetValid,
    CertificateUnknownIssuer,
    CertificateWrongName,
    CertificateRevoked,
    CertificateInvalid,
    CertificateNotPinned,
    /// No version or cipher suite in common.
    Incompatible,
    /// The server broke off with an alert, or broke the protocol.
    HandshakeFailed,
}

/// What the server said of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientReply {
    pub recipient: String,
    pub reply: Reply,
}

/// What a server does not offer, and who asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnavailableExtension {
    /// As EHLO's reply would name it.
    pub keyword: String,
    /// Which option, address or header field needs it, and what to do instead.
    pub reason: String,
}

/// Why something was not done. The texts are for people, the cases for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// An argument cannot be sent. Nothing was.
    InvalidArgument(String),
    /// The host grants no sockets or names.
    AccessDenied(Phase),
    LookupFailed(String),
    ConnectFailed(String),
    /// The step, and the limit that passed in it.
    Timeout(Phase, Timeout),
    /// The connection ended without a reply.
    Disconnected(Phase),
    TlsFailed(TlsFailure, String),
    StartTlsUnavailable,
    /// No mechanism fits; what the server offers.
    AuthUnavailable(Vec<String>),
    AuthNeedsTls,
    ExtensionUnavailable(UnavailableExtension),
    /// Larger than this SIZE limit of the server, in octets.
    MessageTooLarge(u64),
    /// A 4yz or 5yz reply, to anything but AUTH.
    Rejected(Phase, Reply),
    /// A 4yz or 5yz reply to AUTH: the first; and the mechanisms that were refused, in order.
    AuthRefused(Reply, Vec<Mechanism>),
    /// Sent to none.
    RecipientsRefused(Vec<RecipientReply>),
    /// The server's words are not SMTP.
    Protocol(Phase, String),
    WrongState(String),
    Other(String),
}

impl Error {
    /// `need` goes on where "the server does not offer X, " ends: "which … needs: do …".
    pub(super) fn unavailable(keyword: &str, need: impl fmt::Display) -> Self {
        Self::ExtensionUnavailable(UnavailableExtension {
            keyword: keyword.into(),
            reason: format!("the server does not offer {keyword}, {need}"),
        })
    }
}

/// What happened, for people. [`Error::explain`] adds what is known of the message, and the next step.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what_happened())
    }
}

impl std::error::Error for Error {}

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
    /// The last octet may have left, the answer has not come: perhaps delivered.
    Acceptance,
    Quit,
    /// RSET and NOOP.
    Other,
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

/// Why something was not done. The texts are for people, the cases for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// An argument cannot be sent. Nothing was.
    InvalidArgument(String),
    /// The host grants no sockets or names.
    AccessDenied(Phase),
    LookupFailed(String),
    ConnectFailed(String),
    Timeout(Phase),
    /// The connection ended without a reply.
    Disconnected(Phase),
    TlsFailed(TlsFailure, String),
    StartTlsUnavailable,
    /// No mechanism fits; what the server offers.
    AuthUnavailable(Vec<String>),
    AuthNeedsTls,
    ExtensionUnavailable(String),
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

/// For people.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidArgument(text)
            | Self::LookupFailed(text)
            | Self::ConnectFailed(text)
            | Self::TlsFailed(_, text)
            | Self::WrongState(text)
            | Self::Other(text) => f.write_str(text),
            Self::AccessDenied(phase) => write!(f, "the host grants no {phase:?}"),
            Self::Timeout(phase) => write!(f, "the server was silent in {phase:?}"),
            Self::Disconnected(phase) => write!(f, "the connection ended in {phase:?}"),
            Self::StartTlsUnavailable => f.write_str("the server does not offer STARTTLS"),
            Self::AuthUnavailable(offered) => {
                write!(f, "no mechanism fits; the server offers {offered:?}")
            }
            Self::AuthNeedsTls => f.write_str("credentials are not sent without TLS"),
            Self::ExtensionUnavailable(keyword) => {
                write!(f, "the server does not offer {keyword}")
            }
            Self::MessageTooLarge(limit) => {
                write!(f, "the message is larger than {limit} octets")
            }
            Self::Rejected(phase, reply) => write_refusal(f, *phase, reply),
            Self::AuthRefused(reply, _) => write_refusal(f, Phase::Auth, reply),
            Self::RecipientsRefused(_) => f.write_str("all recipients were refused"),
            Self::Protocol(phase, text) => write!(f, "not SMTP in {phase:?}: {text}"),
        }
    }
}

impl std::error::Error for Error {}

fn write_refusal(f: &mut fmt::Formatter<'_>, phase: Phase, reply: &Reply) -> fmt::Result {
    let words = reply.lines.join(" ");
    write!(f, "refused in {phase:?}: {} {words}", reply.code)
}

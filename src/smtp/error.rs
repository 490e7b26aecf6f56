//! What can go wrong, and at which step: the errors of `wit/smtp.wit`.

use std::fmt;

use super::reply::Reply;

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
    Timeout(Phase),
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
    /// A 4yz or 5yz reply.
    Rejected(Phase, Reply),
    /// Sent to none.
    RecipientsRefused(Vec<RecipientReply>),
    /// The server's words are not SMTP.
    Protocol(Phase, String),
    WrongState(String),
    Other(String),
}

impl Error {
    /// Whether the server may have taken the message, so that sending it again may deliver it twice: its last
    /// octet may have left, and the server's answer was not understood or did not come.
    pub fn may_have_been_delivered(&self) -> bool {
        matches!(
            self,
            Self::Timeout(Phase::Acceptance)
                | Self::Disconnected(Phase::Acceptance)
                | Self::Protocol(Phase::Acceptance, _)
        )
    }

    /// `need` goes on where "the server does not offer X, " ends: "which … needs: do …".
    pub(super) fn unavailable(keyword: &str, need: impl fmt::Display) -> Self {
        Self::ExtensionUnavailable(UnavailableExtension {
            keyword: keyword.into(),
            reason: format!("the server does not offer {keyword}, {need}"),
        })
    }
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
            Self::ExtensionUnavailable(unavailable) => f.write_str(&unavailable.reason),
            Self::MessageTooLarge(limit) => {
                write!(f, "the message is larger than {limit} octets")
            }
            Self::Rejected(phase, reply) => {
                write!(
                    f,
                    "refused in {phase:?}: {} {}",
                    reply.code,
                    reply.lines.join(" ")
                )
            }
            Self::RecipientsRefused(_) => f.write_str("all recipients were refused"),
            Self::Protocol(phase, text) => write!(f, "not SMTP in {phase:?}: {text}"),
        }
    }
}

impl std::error::Error for Error {}

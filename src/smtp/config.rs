//! The configuration of one server, and of one session with it.

use std::rc::Rc;

use super::local_name::LocalName;
use super::mailbox::Mailbox;
use super::server_memory::ServerMemory;
use crate::sasl::{Credentials, MAX_ATTEMPTS, Mechanism, Nonce};

/// How a connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Security {
    /// TLS from the first octet (RFC 8314).
    ImplicitTls,
    /// STARTTLS (RFC 3207), or nothing is sent.
    StartTls,
    /// STARTTLS; without TLS if a loopback server does not offer it.
    StartTlsUnlessLoopback,
    /// STARTTLS if the server offers it and does not refuse it.
    Opportunistic,
    /// No TLS, even if the server offers STARTTLS. Credentials go to a loopback server alone.
    Plaintext,
}

/// The protocol that the server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// RFC 5321.
    Smtp,
    /// RFC 2033.
    Lmtp,
}

impl Protocol {
    /// Parses an address as RCPT takes it.
    pub fn recipient(self, address: &str) -> Result<Mailbox, String> {
        match self {
            Self::Smtp => Mailbox::parse_recipient(address),
            Self::Lmtp => Mailbox::parse_lmtp_recipient(address),
        }
    }
}

/// Whether a SASL mechanism's initial response goes on the line of AUTH (RFC 4954, section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitialResponse {
    /// If the line has room for it.
    Auto,
    /// Whatever its length, for servers that refuse to ask for it.
    Always,
    /// After a 334, for servers that do not accept it on the line.
    Never,
}

/// Whether the next envelope or QUIT may leave before the server has answered the end of a message (RFC 2920,
/// section 3.1). Some servers offer PIPELINING, and lose the commands behind the final dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PipeliningAfterMessage {
    /// Nothing.
    Never,
    /// After a message that left by BDAT: its octets are counted, so the server knows where it ends.
    AfterBdat,
    /// After the final dot of DATA too.
    Always,
}

/// Which AUTH commands the envelope may follow before AUTH is answered, if the server offers PIPELINING.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthPipelining {
    /// None: the envelope waits for the reply to AUTH.
    Never,
    /// PLAIN and EXTERNAL, which end with their initial response: RFC 4954, section 4, names them.
    PlainAndExternal,
    /// XOAUTH2 and OAUTHBEARER too, which have one more turn if the token is refused.
    TokensToo,
}

/// Whether a message is sent if the server refuses some of its recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartialDelivery {
    /// It goes to the others.
    Allowed,
    /// It goes to no recipient.
    Forbidden,
}

/// The point up to which a session proceeds without a call. From there on, the caller asks for each
/// operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectUntil {
    /// The greeting is read.
    Greeting,
    /// The session is authenticated, if credentials are given.
    Ready,
    /// Like `Ready`, but AUTH may leave together with the first envelope.
    FirstMessage,
}

/// The server's address and the settings for it. A mailer and its connections share one.
#[derive(Clone)]
pub struct ServerConfig {
    /// A DNS name or an IP address, as the caller gave it.
    pub host: String,
    /// `None` is the default port of the security mode.
    pub port: Option<u16>,
    /// Decides between EHLO and LHLO, and between one reply to a message and one for each recipient.
    pub protocol: Protocol,
    /// Decides whether STARTTLS is sent, and the default port.
    pub security: Security,
    /// The name in EHLO. `None` is the address of our end of the connection.
    pub local_name: Option<LocalName>,
    /// `None` sends no AUTH.
    pub credentials: Option<Credentials>,
    /// The mechanisms that may be used, in order of preference.
    pub mechanisms: Vec<Mechanism>,
    /// Whether the line of AUTH may carry it.
    pub initial_response: InitialResponse,
    /// Whether AUTH and the first envelope may share a round trip.
    pub auth_pipelining: AuthPipelining,
    /// Whether a mechanism that sends the password may follow a refused proof of it.
    pub plain_fallback: bool,
    /// Whether the next envelope or QUIT may share a round trip with the end of a message.
    pub pipelining_after_message: PipeliningAfterMessage,
    /// Whether a message leaves by BDAT if the server offers CHUNKING.
    pub chunking: bool,
}

impl ServerConfig {
    /// STARTTLS on port 587.
    pub fn new(host: String) -> Self {
        Self {
            host,
            port: None,
            protocol: Protocol::Smtp,
            security: Security::StartTls,
            local_name: None,
            credentials: None,
            mechanisms: Mechanism::DEFAULT.to_vec(),
            initial_response: InitialResponse::Auto,
            auth_pipelining: AuthPipelining::PlainAndExternal,
            plain_fallback: true,
            pipelining_after_message: PipeliningAfterMessage::AfterBdat,
            chunking: true,
        }
    }

    /// The port to connect to. The modes with mandatory TLS are for submission, the others for relays.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::ImplicitTls => 465,
            Security::StartTls | Security::StartTlsUnlessLoopback => 587,
            Security::Opportunistic | Security::Plaintext => 25,
        })
    }
}

/// The configuration of one session: the server's, and that of this connection alone.
#[derive(Clone)]
pub struct SessionConfig {
    /// Shared with the mailer, and with its other sessions.
    pub server: Rc<ServerConfig>,
    /// The host's name in ASCII, as OAUTHBEARER tells it to the server.
    pub host: String,
    /// The name in EHLO. If it is `None`, the `hello` operation has to give one.
    pub local_name: Option<LocalName>,
    /// Whether the connection leads to this machine, so that nobody can listen in between.
    pub is_loopback: bool,
    /// How far the session goes before the first operation.
    pub until: ConnectUntil,
    /// Random, one for each authentication attempt.
    pub nonces: [Nonce; MAX_ATTEMPTS],
    /// The facts that earlier sessions have learned about the server.
    pub memory: ServerMemory,
}

//! Commands, and the reply that each one awaits.

use zeroize::Zeroizing;

use super::error::Phase;

/// Longest command line without extensions, in octets with CRLF (RFC 5321, section 4.5.3.1.4).
pub(super) const MAX_COMMAND: usize = 512;

/// The command or event that a reply answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PendingReply {
    /// The server speaks first.
    Greeting,
    /// EHLO, or LHLO in LMTP.
    Ehlo,
    Helo,
    StartTls,
    Auth,
    /// AUTH that left together with an envelope.
    AuthInGroup,
    /// The `*` that cancels an AUTH exchange.
    AuthCancel,
    Rset,
    Noop,
    Mail,
    /// The recipient of this index.
    Rcpt(usize),
    Data,
    /// A BDAT chunk that is not the last one (RFC 3030).
    Chunk,
    /// The whole message, after its end.
    Message,
    /// LMTP's reply to the message for the recipient of this index (RFC 2033, section 4.2).
    MessageFor(usize),
    /// A final dot alone, after a DATA for which no recipient was accepted.
    EmptyMessage,
    Quit,
    /// VRFY, EXPN and HELP.
    Ask,
    /// A command of the caller's own.
    Raw,
}

impl PendingReply {
    pub fn phase(self) -> Phase {
        match self {
            Self::Greeting => Phase::Greeting,
            Self::Ehlo | Self::Helo => Phase::Hello,
            Self::StartTls => Phase::StartTls,
            Self::Auth | Self::AuthInGroup | Self::AuthCancel => Phase::Auth,
            Self::Mail => Phase::Mail,
            Self::Rcpt(_) => Phase::Rcpt,
            Self::Data | Self::EmptyMessage => Phase::Data,
            Self::Chunk => Phase::Content,
            Self::Message | Self::MessageFor(_) => Phase::Acceptance,
            Self::Quit => Phase::Quit,
            Self::Rset | Self::Noop | Self::Ask | Self::Raw => Phase::Other,
        }
    }

    /// The command's name in the diagram of the states.
    pub fn name(self) -> &'static str {
        match self {
            Self::Greeting => "the greeting",
            Self::Ehlo => "EHLO",
            Self::Helo => "HELO",
            Self::StartTls => "STARTTLS",
            Self::Auth => "AUTH",
            Self::AuthInGroup => "AUTH in a group",
            Self::AuthCancel => "AUTH cancelled",
            Self::Rset => "RSET",
            Self::Noop => "NOOP",
            Self::Mail => "MAIL",
            Self::Rcpt(_) => "RCPT",
            Self::Data => "DATA",
            Self::Chunk => "BDAT",
            Self::Message => "the message",
            Self::MessageFor(_) => "the message (LMTP)",
            Self::EmptyMessage => "the empty message",
            Self::Quit => "QUIT",
            Self::Ask => "VRFY, EXPN, HELP",
            Self::Raw => "another command",
        }
    }

    /// Whether this reply accepts or refuses the message.
    pub fn ends_message(self) -> bool {
        matches!(self, Self::Message | Self::MessageFor(_))
    }
}

/// A command line. Its end may be a secret, which is wiped when it is dropped.
#[derive(Clone)]
pub struct Command {
    pub awaits: PendingReply,
    text: String,
    secret: Zeroizing<String>,
}

impl Command {
    pub fn new(awaits: PendingReply, text: impl Into<String>) -> Self {
        Self {
            awaits,
            text: text.into(),
            secret: Zeroizing::default(),
        }
    }

    pub fn with_secret(awaits: PendingReply, text: &str, secret: Zeroizing<String>) -> Self {
        Self {
            secret,
            ..Self::new(awaits, text)
        }
    }

    /// The same command with another kind of reply.
    pub fn awaiting(self, awaits: PendingReply) -> Self {
        Self { awaits, ..self }
    }

    /// Octets on the wire, with CRLF.
    pub fn len(&self) -> usize {
        self.text.len() + self.secret.len() + 2
    }

    pub fn has_secret(&self) -> bool {
        !self.secret.is_empty()
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.text.as_bytes());
        out.extend_from_slice(self.secret.as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    /// The line for the transcript, without the secret.
    pub fn redacted(&self) -> String {
        let hidden = if self.has_secret() { "<hidden>" } else { "" };
        format!("{}{hidden}", self.text)
    }
}

//! Command lines, and what awaits each one's reply.

use zeroize::Zeroizing;

use super::error::Phase;

/// Longest command line without extensions, CRLF included (RFC 5321, section 4.5.3.1.4).
pub const MAX_COMMAND: usize = 512;

/// What a reply answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Nothing was said: the server speaks first.
    Greeting,
    Ehlo,
    Helo,
    StartTls,
    Auth,
    /// AUTH whose initial response is all that it has to say.
    AuthAtOnce,
    /// The `*` that ends an AUTH exchange.
    AuthCancel,
    Rset,
    Noop,
    Mail,
    /// The recipient of this number.
    Rcpt(usize),
    Data,
    /// A chunk that is not the last one (RFC 3030).
    Chunk,
    /// The message, after its end.
    Message,
    /// What LMTP says of the message for the recipient of this number (RFC 2033, section 4.2).
    MessageFor(usize),
    /// A final dot alone, for a DATA that no recipient was accepted for.
    NoMessage,
    Quit,
    /// VRFY, EXPN and HELP.
    Ask,
    /// A command of the caller's own.
    Raw,
}

impl Verb {
    pub fn phase(self) -> Phase {
        match self {
            Self::Greeting => Phase::Greeting,
            Self::Ehlo | Self::Helo => Phase::Hello,
            Self::StartTls => Phase::StartTls,
            Self::Auth | Self::AuthAtOnce | Self::AuthCancel => Phase::Auth,
            Self::Mail => Phase::Mail,
            Self::Rcpt(_) => Phase::Rcpt,
            Self::Data | Self::NoMessage => Phase::Data,
            Self::Chunk => Phase::Content,
            Self::Message | Self::MessageFor(_) => Phase::Acceptance,
            Self::Quit => Phase::Quit,
            Self::Rset | Self::Noop | Self::Ask | Self::Raw => Phase::Other,
        }
    }

    /// Whether the message is delivered, or not, by its reply.
    pub fn ends_message(self) -> bool {
        matches!(self, Self::Message | Self::MessageFor(_))
    }

    /// Whether other commands may follow before its reply (RFC 2920, section 3.1). AUTH is not on
    /// that list, nor among those that must come last; it ends with its line where that says all.
    pub fn may_be_followed(self) -> bool {
        matches!(
            self,
            Self::AuthAtOnce | Self::Rset | Self::Mail | Self::Rcpt(_)
        )
    }
}

/// A line to send, of which the end may be secret: that is wiped when it is dropped.
#[derive(Clone)]
pub struct Line {
    text: String,
    secret: Zeroizing<String>,
}

impl Line {
    pub fn open(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            secret: Zeroizing::default(),
        }
    }

    pub fn with_secret(text: &str, secret: Zeroizing<String>) -> Self {
        Self {
            text: text.into(),
            secret,
        }
    }

    /// Octets on the wire, CRLF included.
    pub fn len(&self) -> usize {
        self.text.len() + self.secret.len() + 2
    }

    pub fn is_secret(&self) -> bool {
        !self.secret.is_empty()
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.text.as_bytes());
        out.extend_from_slice(self.secret.as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    /// For people, the secret left out.
    pub fn shown(&self) -> String {
        let hidden = if self.is_secret() { "<hidden>" } else { "" };
        format!("{}{hidden}", self.text)
    }
}

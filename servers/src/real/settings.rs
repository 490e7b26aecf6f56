//! What a test changes in a server's usual configuration.

/// Made from a text, it is that text.
#[derive(Clone, Default)]
pub struct Settings {
    /// Further lines of the configuration.
    pub lines: String,
    pub token_check: TokenCheck,
}

impl From<&str> for Settings {
    fn from(lines: &str) -> Settings {
        Settings {
            lines: lines.into(),
            ..Settings::default()
        }
    }
}

/// How Dovecot checks OAuth 2.0 access tokens.
#[derive(Clone, Default)]
pub enum TokenCheck {
    /// By their signature: see [`token`](super::token()).
    #[default]
    Signature,
    /// By a question to their issuer (RFC 7662).
    Introspection {
        /// With the name and the password of the client that asks.
        url: String,
        /// The scope that a token has to have.
        scope: String,
    },
}

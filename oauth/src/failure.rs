//! Why there is no token, and what to do about it.

use core::fmt;

/// What to do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Let the person consent again.
    AskTheUser,
    /// Ask again after so many seconds.
    Wait(u32),
    /// Mend the registration, or what was given.
    MendTheSetUp,
}

/// Why there is no token. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For programs.
    pub remedy: Remedy,
    /// The server's code (RFC 6749, section 5.2), if it gave one.
    pub code: Option<String>,
    /// For people: what happened, and what to do.
    pub sentence: String,
}

impl Failure {
    /// A fault of what was given or registered, without an answer of the server.
    pub fn mend(sentence: impl Into<String>) -> Self {
        Self {
            remedy: Remedy::MendTheSetUp,
            code: None,
            sentence: sentence.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl core::error::Error for Failure {}

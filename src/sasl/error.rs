//! Errors of an authentication: who has to change what.

use core::fmt;

/// The variant is for programs, the text for people. No text holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The mechanism cannot carry these credentials. Nothing was sent; another mechanism may carry them.
    CannotCarry(String),
    /// The server's challenge is malformed, or not safe to answer.
    BadChallenge(String),
    /// The server asks for more after the last message of this mechanism.
    ExchangeOver(&'static str),
    /// The server has not proved that it knows the password. It may be an impostor.
    ServerNotProved(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CannotCarry(why) | Self::BadChallenge(why) => f.write_str(why),
            Self::ExchangeOver(name) => {
                write!(f, "the server wants more than {name} has to say")
            }
            Self::ServerNotProved(why) => f.write_str(why),
        }
    }
}

impl core::error::Error for Error {}

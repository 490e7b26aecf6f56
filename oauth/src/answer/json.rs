//! The JSON of answers.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// The body, if it is a JSON object with these fields.
pub(crate) fn object<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

/// A field whose value is not always a text.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Text {
    Text(String),
    Other(IgnoredAny),
}

impl Text {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Other(_) => None,
        }
    }
}

/// Seconds. Some servers have them in quotes.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Lifetime {
    Number(u64),
    Text(String),
    Other(IgnoredAny),
}

impl Lifetime {
    pub(crate) fn seconds(&self) -> Option<u64> {
        match self {
            Self::Number(seconds) => Some(*seconds),
            Self::Text(text) => text.parse().ok(),
            Self::Other(_) => None,
        }
    }
}

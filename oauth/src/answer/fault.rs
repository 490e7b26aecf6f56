//! Requests without an answer.

use super::MAX_ANSWER;
use super::retry_after::DEFAULT;
use crate::failure::{Failure, Remedy};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The host does not let the component send requests there.
    Denied,
    /// The host's name has no address, or the resolver fails.
    Lookup,
    /// No connection.
    Connect,
    /// TLS failed, or the server's certificate is not valid.
    Tls,
    /// A limit of time passed.
    TimedOut,
    /// The answer has more than 64 KiB.
    TooLong,
    /// The connection ended, or HTTP was broken: what happened.
    Broken(String),
}

impl Fault {
    /// `authority` is where the request went.
    pub(crate) fn failure(&self, authority: &str) -> Failure {
        let later = Remedy::Wait(DEFAULT);
        let mend = Remedy::MendTheSetUp;
        let (remedy, what) = match self {
            Self::Denied => (mend, "the host does not let this component send requests there: grant it wasi:http".into()),
            Self::Lookup => (later, "the name was not found: ask again later, or mend the URL if it is misspelt".into()),
            Self::Connect => (later, "no connection: ask again later".into()),
            Self::Tls => (mend, "TLS failed, or the certificate is not valid: look at the URL, at the host's clock, and for a \
                 proxy that inspects TLS".into()),
            Self::TimedOut => (later, "no answer in time: ask again later".into()),
            Self::TooLong => (mend, format!("an answer of more than {} KiB: is it the right URL?", MAX_ANSWER / 1024)),
            Self::Broken(how) => (later, format!("the answer broke off ({how}): ask again later")),
        };
        Failure {
            remedy,
            code: None,
            sentence: format!("{authority}: {what}"),
        }
    }
}

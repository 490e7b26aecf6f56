//! Installs a server once, whoever asks first.

use std::fmt;

use super::Kind;

/// Why this machine cannot have a server, in a sentence.
#[derive(Debug, Clone)]
pub struct Unavailable {
    pub kind: Kind,
    pub reason: String,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} is not to be had here: {}", self.kind, self.reason)
    }
}

impl std::error::Error for Unavailable {}

/// Installs what is missing for a server and makes sure that it can run here. The first call on a
/// machine downloads; later ones take no time. Threads and processes may call it at once.
pub fn prepare(kind: Kind) -> Result<(), Unavailable> {
    let spec = kind.spec();
    (spec.install)(spec.name, spec.packages)
        .and_then(|folder| (spec.check)(&folder))
        .map_err(|reason| Unavailable { kind, reason })
}

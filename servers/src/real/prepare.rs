//! Installs a server once per machine.

use std::fmt;

use super::Kind;

/// Why this machine cannot have a server, as a sentence.
#[derive(Debug, Clone)]
pub struct Unavailable {
    pub kind: Kind,
    pub reason: String,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} is not available here: {}", self.kind, self.reason)
    }
}

impl std::error::Error for Unavailable {}

/// Installs a server if it is missing, and checks that it can run here. The first call on a machine
/// downloads; later ones take no time. Threads and processes may call this at the same time.
pub fn prepare(kind: Kind) -> Result<(), Unavailable> {
    let spec = kind.spec();
    (spec.install)(spec.name, spec.packages)
        .and_then(|folder| (spec.check)(&folder))
        .map_err(|reason| Unavailable { kind, reason })
}

//! What TLS needs from the platform it runs on: randomness and time.

use std::fmt::{self, Debug};
use std::time::Duration;

use rustls::crypto::GetRandomFailed;

/// Functions without `self`, so that algorithms can be constants.
pub trait Platform: Debug + Send + Sync + 'static {
    /// Fills the whole buffer from a cryptographically secure source, or fails.
    fn random(buffer: &mut [u8]) -> Result<(), NoRandomness>;
    /// Since 1970-01-01 00:00:00 UTC.
    fn unix_time() -> Duration;
}

/// The platform gave fewer random octets than requested. No key is made from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRandomness;

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host gave no randomness")
    }
}

impl std::error::Error for NoRandomness {}

impl From<NoRandomness> for GetRandomFailed {
    fn from(_: NoRandomness) -> Self {
        Self
    }
}

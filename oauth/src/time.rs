//! The time, as an argument.

use core::time::Duration;

/// What both clocks of the host show at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Since any fixed moment, and never set back: for the end of a token.
    pub monotonic: Duration,
    /// Since 1970, in seconds: for assertions, and dates of the server.
    pub unix: u64,
}

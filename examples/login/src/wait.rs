//! Waiting with limits.

use core::time::Duration;

use wasip2::clocks::monotonic_clock;
use wasip2::io::poll::{Pollable, poll};

/// A moment to come.
pub(crate) struct Timer(Pollable);

impl Timer {
    pub(crate) fn after(time: Duration) -> Self {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        Self(monotonic_clock::subscribe_duration(nanoseconds))
    }

    pub(crate) fn wait(&self) {
        self.0.block();
    }

    /// Whether the event came first.
    pub(crate) fn wait_for(&self, event: &Pollable) -> bool {
        poll(&[event, &self.0]).contains(&0)
    }
}

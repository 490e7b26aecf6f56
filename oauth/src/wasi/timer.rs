//! Waits with a limit of time.

use core::time::Duration;

use wasip2::clocks::monotonic_clock;
use wasip2::io::poll::{Pollable, poll};

/// A moment to come.
pub struct Timer(Pollable);

impl Timer {
    /// Starts now.
    pub fn after(time: Duration) -> Self {
        let moment = monotonic_clock::now().saturating_add(nanoseconds(time));
        Self(monotonic_clock::subscribe_instant(moment))
    }

    /// Waits for the moment.
    pub fn wait(&self) {
        self.0.block();
    }

    /// Waits for the event, or the moment. Whether the event is ready: if both are, what came in time counts.
    pub fn wait_for(&self, event: &Pollable) -> bool {
        poll(&[event, &self.0]).contains(&0)
    }

    pub(super) fn has_passed(&self) -> bool {
        self.0.ready()
    }
}

pub(super) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

//! Waits with a limit of time.

use core::time::Duration;

use wasip2::clocks::monotonic_clock;
use wasip2::io::poll::{Pollable, poll};

use crate::answer::Fault;

/// Nothing that is asked for comes after it.
pub(super) struct Deadline(Pollable);

impl Deadline {
    pub(super) fn after(limit: Duration) -> Self {
        let end = monotonic_clock::now().saturating_add(nanoseconds(limit));
        Self(monotonic_clock::subscribe_instant(end))
    }

    pub(super) fn wait(&self, event: &Pollable) -> Result<(), Fault> {
        // Both may be ready: what came in time counts.
        if poll(&[event, &self.0]).contains(&0) {
            Ok(())
        } else {
            Err(Fault::TimedOut)
        }
    }

    pub(super) fn has_passed(&self) -> bool {
        self.0.ready()
    }
}

pub(super) fn nanoseconds(limit: Duration) -> u64 {
    u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX)
}

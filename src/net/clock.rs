//! Time: from the host's clocks, as this target's std has none.

use core::time::Duration;

use wasip2::clocks::{monotonic_clock, wall_clock};
use wasip2::io::poll::{Pollable, poll};

use super::Error;

/// Since some moment in the past.
pub fn now() -> Duration {
    Duration::from_nanos(monotonic_clock::now())
}

/// Since 1970, in UTC.
pub fn unix_time() -> Duration {
    let now = wall_clock::now();
    Duration::new(now.seconds, now.nanoseconds)
}

/// The moment at which waiting ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Duration);

impl Deadline {
    pub fn after(limit: Duration) -> Self {
        Self(now().saturating_add(limit))
    }

    /// The earlier one.
    pub fn or(self, other: Option<Self>) -> Self {
        other.map_or(self, |other| other.min(self))
    }

    pub fn has_passed(self) -> bool {
        self.0 <= now()
    }

    /// Waits for any of `events`.
    pub(super) fn wait(self, events: &[&Pollable]) -> Result<(), Error> {
        Alarm::at(self).wait(events)
    }
}

/// A limit for as many waits as come, which takes no look at the clock for each.
pub struct Alarm(Pollable);

impl Alarm {
    pub fn after(limit: Duration) -> Self {
        Self(monotonic_clock::subscribe_duration(nanos(limit)))
    }

    pub fn at(deadline: Deadline) -> Self {
        Self(monotonic_clock::subscribe_instant(nanos(deadline.0)))
    }

    /// Waits for any of `events`.
    pub(super) fn wait(&self, events: &[&Pollable]) -> Result<(), Error> {
        let all: Vec<&Pollable> = events.iter().copied().chain([&self.0]).collect();
        match poll(&all)
            .iter()
            .any(|&ready| (ready as usize) < events.len())
        {
            true => Ok(()),
            false => Err(Error::TimedOut),
        }
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

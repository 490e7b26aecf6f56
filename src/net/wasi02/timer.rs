//! Time: from the host's clocks, as this target's std has none.

use core::cell::Cell;
use core::time::Duration;

use wasi::clocks::{monotonic_clock, wall_clock};
use wasi::io::poll::{Pollable, poll};

use crate::net::Error;

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
        Self::at(now().saturating_add(limit))
    }

    /// As `now` counts.
    pub fn at(moment: Duration) -> Self {
        Self(moment)
    }

    /// The earlier one.
    pub fn or(self, other: Option<Self>) -> Self {
        other.map_or(self, |other| other.min(self))
    }

    fn subscribe(self) -> Pollable {
        let nanos = u64::try_from(self.0.as_nanos()).unwrap_or(u64::MAX);
        monotonic_clock::subscribe_instant(nanos)
    }

    pub fn has_passed(self) -> bool {
        self.0 <= now()
    }

    /// Waits for any of `events`.
    pub(in crate::net) fn wait(self, events: &[&Pollable]) -> Result<(), Error> {
        ReusableTimer::default().wait(self, events)
    }
}

/// What waits are interrupted by. One that is set is kept for later deadlines too, at the price of
/// waking once for nothing: a conversation is made of short waits with long limits.
#[derive(Default)]
pub struct ReusableTimer(Cell<Option<(Deadline, Pollable)>>);

impl ReusableTimer {
    /// Waits for any of `events`, until `deadline`.
    pub(in crate::net) fn wait(
        &self,
        deadline: Deadline,
        events: &[&Pollable],
    ) -> Result<(), Error> {
        loop {
            let set = self.0.take().filter(|(set, _)| *set <= deadline);
            let (set, alarm) = set.unwrap_or_else(|| (deadline, deadline.subscribe()));
            let all: Vec<&Pollable> = events.iter().copied().chain([&alarm]).collect();
            let ready = poll(&all);
            if ready.iter().any(|&ready| (ready as usize) < events.len()) {
                self.0.set(Some((set, alarm)));
                return Ok(());
            }
            if set == deadline || deadline.has_passed() {
                return Err(Error::TimedOut);
            }
        }
    }
}

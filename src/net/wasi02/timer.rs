//! Waits with a deadline.

use core::cell::Cell;

use wasi::clocks::monotonic_clock;

use super::Wasi;
use super::executor::{Event, first};
use crate::net::{Deadline, Error};

/// The event that `deadline` has passed.
pub(super) fn subscribe(deadline: Deadline) -> Event {
    let nanos = u64::try_from(deadline.moment().as_nanos()).unwrap_or(u64::MAX);
    Event::new(monotonic_clock::subscribe_instant(nanos))
}

/// A timer that is kept for later deadlines too, at the price of waking once for nothing: a conversation is
/// made of short waits with long limits.
#[derive(Default)]
pub(super) struct ReusableTimer(Cell<Option<(Deadline, Event)>>);

impl ReusableTimer {
    /// Waits for one of `events` until `deadline`.
    pub(super) async fn wait(&self, deadline: Deadline, events: &[&Event]) -> Result<(), Error> {
        loop {
            let kept = self.0.take().filter(|(set, _)| *set <= deadline);
            let (set, timer) = kept.unwrap_or_else(|| (deadline, subscribe(deadline)));
            let all: Vec<_> = events.iter().copied().chain([&timer]).collect();
            if first(&all).await < events.len() {
                self.0.set(Some((set, timer)));
                return Ok(());
            }
            if set == deadline || deadline.has_passed(&Wasi) {
                return Err(Error::TimedOut);
            }
        }
    }
}

//! Rate limits: messages start at equal distances.

use core::cell::Cell;
use core::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// When the next message may start.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Schedule(Duration);

impl Schedule {
    /// The earliest moment from `now` on. The message after it has to keep its distance.
    pub(super) fn next(&mut self, now: Duration, per_minute: Option<u32>) -> Duration {
        let start = now.max(self.0);
        if let Some(rate) = per_minute {
            self.0 = start + MINUTE / rate.max(1);
        }
        start
    }
}

/// The rate of all connections together.
#[derive(Debug, Default)]
pub(super) struct Pace {
    rate: Cell<Option<u32>>,
    schedule: Cell<Schedule>,
}

impl Pace {
    pub(super) fn set_rate(&self, per_minute: Option<u32>) {
        self.rate.set(per_minute);
    }

    pub(super) fn is_limited(&self) -> bool {
        self.rate.get().is_some()
    }

    /// The earliest moment from `now` on.
    pub(super) fn next(&self, now: Duration) -> Duration {
        let mut schedule = self.schedule.get();
        let start = schedule.next(now, self.rate.get());
        self.schedule.set(schedule);
        start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn messages_start_at_equal_distances() {
        let pace = Pace::default();
        pace.set_rate(Some(30));
        let starts = [SECOND, SECOND, 4 * SECOND, 10 * SECOND].map(|now| pace.next(now));
        assert_eq!(starts, [1, 3, 5, 10].map(Duration::from_secs));
    }

    #[test]
    fn without_a_rate_they_start_at_once() {
        let pace = Pace::default();
        assert_eq!([pace.next(SECOND), pace.next(SECOND)], [SECOND; 2]);
    }

    #[test]
    fn a_rate_of_nothing_is_one_a_minute() {
        let mut schedule = Schedule::default();
        let starts = [0; 2].map(|_| schedule.next(SECOND, Some(0)));
        assert_eq!(starts, [SECOND, 61 * SECOND]);
    }
}

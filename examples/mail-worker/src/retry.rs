//! When to try a job again: after twice as long each time, an hour at most, until the job is given up.

use std::time::Duration;

const LONGEST: Duration = Duration::from_secs(3600);

#[derive(Clone, Copy)]
pub struct Retry {
    /// The time between the first and the second attempt.
    pub first: Duration,
    /// The age at which a job is given up.
    pub give_up_after: Duration,
}

impl Retry {
    /// The time until the next attempt, after this number of attempts. None if the job is given up.
    pub fn delay(&self, attempts: u32, age: Duration) -> Option<Duration> {
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        let delay = self.first.saturating_mul(doubled).min(LONGEST);
        (age < self.give_up_after).then_some(delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry {
        first: Duration::from_secs(60),
        give_up_after: Duration::from_secs(1000),
    };

    #[test]
    fn each_attempt_waits_twice_as_long() {
        let delays = [1, 2, 3, 7, 1000].map(|n| RETRY.delay(n, Duration::ZERO).unwrap().as_secs());
        assert_eq!(delays, [60, 120, 240, 3600, 3600]);
    }

    #[test]
    fn a_job_is_given_up_by_its_age() {
        assert_eq!(RETRY.delay(2, Duration::from_secs(1000)), None);
    }
}

//! A server's rate limit: messages a second from this host, evenly spaced, even if several are sent at once. Each
//! host has its own limit: divide the provider's limit by the number of hosts. A common limit needs a round trip
//! between the hosts for each message.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

pub struct Pace {
    between: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// Without a rate, there is no limit.
    pub fn new(per_second: Option<f64>) -> Pace {
        let between = per_second.map_or(0.0, f64::recip);
        Pace {
            between: Duration::from_secs_f64(between),
            next: Mutex::default(),
        }
    }

    /// Waits until the next message may be sent.
    pub async fn turn(&self) {
        sleep_until(self.book(Instant::now())).await;
    }

    fn book(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().expect("nobody panics with it");
        let turn = next.map_or(now, |next| next.max(now));
        *next = Some(turn + self.between);
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_leave_evenly_spaced() {
        let (pace, now) = (Pace::new(Some(4.0)), Instant::now());
        let turns: Vec<_> = (0..3).map(|_| (pace.book(now) - now).as_millis()).collect();
        assert_eq!(turns, [0, 250, 500]);
    }

    #[test]
    fn a_pause_saves_nothing_up() {
        let (pace, now) = (Pace::new(Some(1.0)), Instant::now());
        pace.book(now);
        let later = now + Duration::from_secs(60);
        assert_eq!(pace.book(later), later);
        assert_eq!(pace.book(later), later + Duration::from_secs(1));
    }

    #[test]
    fn without_a_rate_nothing_waits() {
        let (pace, now) = (Pace::new(None), Instant::now());
        assert!((0..100).all(|_| pace.book(now) == now));
    }
}

//! Waits for other processes.

use std::thread::sleep;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// # Panics
/// If it does not happen in time.
pub(crate) fn until<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + LIMIT;
    loop {
        if let Some(ready) = ready() {
            return ready;
        }
        assert!(
            Instant::now() < deadline,
            "no {what} after {} s",
            LIMIT.as_secs()
        );
        sleep(POLL);
    }
}

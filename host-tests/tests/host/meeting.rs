//! A point that several conversations, or a conversation and the test, reach together.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use servers::scripted::Script;

/// Shorter than a call may take, so that the conversation is blamed.
const LIMIT: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub(crate) struct Meeting(Arc<Shared>);

struct Shared {
    awaited: Mutex<usize>,
    changed: Condvar,
}

impl Meeting {
    pub(crate) fn of(participants: usize) -> Meeting {
        Meeting(Arc::new(Shared {
            awaited: Mutex::new(participants),
            changed: Condvar::new(),
        }))
    }

    /// Waits for the others. False if they do not come.
    pub(crate) fn takes_place(&self) -> bool {
        let Shared { awaited, changed } = &*self.0;
        let mut left = awaited.lock().unwrap();
        *left = left.saturating_sub(1);
        changed.notify_all();
        let waited = changed.wait_timeout_while(left, LIMIT, |left| *left > 0);
        !waited.unwrap().1.timed_out()
    }
}

/// Expects a line that begins like this, and then that the meetings take place, one after the other.
pub(crate) fn expect_and_meet(start: &'static str, meetings: &[&Meeting]) -> Script {
    let meetings: Vec<Meeting> = meetings.iter().map(|one| (*one).clone()).collect();
    let name = format!("{start}, and the others");
    Script::new().expect_that(&name, move |line| {
        line.starts_with(start) && meetings.iter().all(Meeting::takes_place)
    })
}

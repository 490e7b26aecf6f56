//! How a server tells its connections to end.

use std::sync::{Condvar, Mutex, MutexGuard};

/// Why a lock can be taken.
pub const UNPOISONED: &str = "nobody panics with it";

/// Tells a server's connections that it ends.
#[derive(Default)]
pub struct Ending {
    end: Mutex<Option<End>>,
    changed: Condvar,
}

/// How far a server's end has come.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub enum End {
    /// Those that only wait for the client to leave need not any more.
    Finishing,
    /// Nobody waits for anything any more.
    Aborted,
}

impl Ending {
    pub fn set(&self, end: End) {
        let mut current = self.lock();
        if *current < Some(end) {
            *current = Some(end);
        }
        self.changed.notify_all();
    }

    pub fn is(&self, end: End) -> bool {
        *self.lock() >= Some(end)
    }

    /// Returns when the server finishes.
    pub fn wait(&self) {
        let ended = self.changed.wait_while(self.lock(), |end| end.is_none());
        drop(ended.expect(UNPOISONED));
    }

    fn lock(&self) -> MutexGuard<'_, Option<End>> {
        self.end.lock().expect(UNPOISONED)
    }
}

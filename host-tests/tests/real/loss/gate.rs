//! Holds senders back while the server has a fault.

use std::sync::{Condvar, Mutex};

/// Open at first.
#[derive(Default)]
pub(crate) struct Gate {
    closed: Mutex<bool>,
    opened: Condvar,
}

/// Dropping it opens the gate.
pub(crate) struct Closed<'a>(&'a Gate);

impl Gate {
    pub(crate) fn close(&self) -> Closed<'_> {
        *self.closed.lock().unwrap() = true;
        Closed(self)
    }

    /// Returns once the gate is open.
    pub(crate) fn wait(&self) {
        let closed = self.closed.lock().unwrap();
        drop(self.opened.wait_while(closed, |closed| *closed).unwrap());
    }
}

impl Drop for Closed<'_> {
    fn drop(&mut self) {
        *self.0.closed.lock().unwrap() = false;
        self.0.opened.notify_all();
    }
}

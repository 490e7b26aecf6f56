//! The first connection that logs in goes alone: a wrong password is not tried by many at once. Those who wait for a
//! login that is refused, or a server that has died, are told together.

use core::cell::{Cell, RefCell};

use tokio::sync::{Mutex, MutexGuard};

use crate::smtp::error::Error;

/// What is known of the settings.
#[derive(Default)]
pub(super) struct Login {
    gate: Mutex<()>,
    /// The epoch of the settings with which a message got through to the server.
    worked: Cell<Option<u32>>,
    /// Connections that could not be opened since a message last got through.
    misses: Cell<usize>,
    /// The times that those who wait were told together, and what.
    failures: Cell<u32>,
    last: RefCell<Option<Error>>,
}

/// The right to use a connection.
pub(super) enum Entry<'a> {
    /// The credentials have not worked yet, or do not any more. The others wait.
    First(#[allow(dead_code, reason = "others wait until it is dropped")] MutexGuard<'a, ()>),
    /// They have, or there are none.
    Any,
}

impl Login {
    /// For [`Login::enter`], from before the call waits.
    pub(super) fn failures(&self) -> u32 {
        self.failures.get()
    }

    /// Waits while another connection is the first to log in. If one has failed since there were so many `failures`, so
    /// does everyone who has waited.
    pub(super) async fn enter(
        &self,
        epoch: u32,
        logs_in: bool,
        failures: u32,
    ) -> Result<Entry<'_>, Error> {
        let works = || self.worked.get() == Some(epoch);
        let entry = if works() || !logs_in {
            Entry::Any
        } else {
            Entry::First(self.gate.lock().await)
        };
        if works() {
            return Ok(Entry::Any);
        }
        match &*self.last.borrow() {
            Some(error) if self.failures.get() != failures => Err(error.clone()),
            _ => Ok(entry),
        }
    }

    pub(super) fn worked(&self, epoch: u32) {
        self.worked.set(Some(epoch));
        self.misses.set(0);
    }

    /// One of so many connections cannot be opened. If that was the first, or all have failed, so does everyone who
    /// waits.
    pub(super) fn failed(&self, epoch: u32, error: &Error, connections: usize) {
        self.misses.set(self.misses.get() + 1);
        if self.worked.get() != Some(epoch) || self.misses.get() >= connections {
            self.worked.set(None);
            self.failures.set(self.failures.get().wrapping_add(1));
            self.last.replace(Some(error.clone()));
        }
    }
}

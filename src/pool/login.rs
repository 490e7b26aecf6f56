//! The first connection with new settings goes alone: a wrong password is not tried by many at once.

use core::cell::{Cell, RefCell};

use tokio::sync::{Mutex, MutexGuard};

use crate::smtp::error::Error;

/// What is known of the settings.
#[derive(Default)]
pub(super) struct Login {
    gate: Mutex<()>,
    /// The epoch of the settings with which a message got through to the server.
    worked: Cell<Option<u32>>,
    /// Since the settings worked, or were changed.
    failures: Cell<u32>,
    last: RefCell<Option<Error>>,
}

/// The right to use a connection.
pub(super) enum Entry<'a> {
    /// The settings have not worked yet. The others wait.
    First(#[allow(dead_code, reason = "others wait until it is dropped")] MutexGuard<'a, ()>),
    /// They have.
    Any,
}

impl Login {
    /// How many first connections have failed. For [`Login::enter`], before a call waits.
    pub(super) fn failures(&self) -> u32 {
        self.failures.get()
    }

    /// Waits while another connection is the first. If that fails, so does everyone who has waited for it.
    pub(super) async fn enter(&self, epoch: u32, failures: u32) -> Result<Entry<'_>, Error> {
        if self.worked.get() == Some(epoch) {
            return Ok(Entry::Any);
        }
        let gate = self.gate.lock().await;
        if self.worked.get() == Some(epoch) {
            return Ok(Entry::Any);
        }
        match &*self.last.borrow() {
            Some(error) if self.failures.get() != failures => Err(error.clone()),
            _ => Ok(Entry::First(gate)),
        }
    }

    pub(super) fn worked(&self, epoch: u32) {
        self.worked.set(Some(epoch));
    }

    pub(super) fn failed(&self, epoch: u32, error: &Error) {
        if self.worked.get() != Some(epoch) {
            self.failures.set(self.failures.get().wrapping_add(1));
            self.last.replace(Some(error.clone()));
        }
    }
}

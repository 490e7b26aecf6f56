//! Tells the connections of a test server that it shuts down.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// The message for `expect` on a lock.
pub(crate) const UNPOISONED: &str = "nobody panics with it";

/// Shared by a server and its connections.
#[derive(Default)]
pub(crate) struct Shutdown {
    stage: Mutex<Option<ShutdownStage>>,
    changed: Condvar,
}

/// How far the shutdown has come.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(crate) enum ShutdownStage {
    /// Connections that only wait for the client to close may end now.
    Finishing,
    /// All connections end now.
    Aborted,
}

impl Shutdown {
    pub(crate) fn advance_to(&self, stage: ShutdownStage) {
        let mut current = self.lock();
        if *current < Some(stage) {
            *current = Some(stage);
        }
        self.changed.notify_all();
    }

    pub(crate) fn has_reached(&self, stage: ShutdownStage) -> bool {
        *self.lock() >= Some(stage)
    }

    /// Returns once the server shuts down.
    pub(crate) fn wait(&self) {
        let begun = self
            .changed
            .wait_while(self.lock(), |stage| stage.is_none());
        drop(begun.expect(UNPOISONED));
    }

    /// Returns after this time, or once the server shuts down.
    pub(crate) fn pause(&self, time: Duration) {
        let begun = self
            .changed
            .wait_timeout_while(self.lock(), time, |stage| stage.is_none());
        drop(begun.expect(UNPOISONED));
    }

    fn lock(&self) -> MutexGuard<'_, Option<ShutdownStage>> {
        self.stage.lock().expect(UNPOISONED)
    }
}

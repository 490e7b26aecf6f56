//! The number of connections: the caller's limit, and what the server takes.

use core::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::smtp::error::Error;

/// The most connections that a pool may have.
pub const MAX_CONNECTIONS: usize = 256;

/// The connections of a pool that was not told otherwise.
pub const DEFAULT_CONNECTIONS: usize = 5;

/// Each permit is a connection. Whoever waits longer gets one first.
pub(super) struct Permits {
    free: Arc<Semaphore>,
    /// The caller's limit.
    limit: Cell<usize>,
    /// Those that exist or will be taken away, less `surplus`.
    existing: Cell<usize>,
    /// Those that are taken away as soon as they come back.
    surplus: Cell<usize>,
    /// Those who wait for one.
    waiting: Cell<usize>,
}

impl Default for Permits {
    fn default() -> Self {
        Self {
            free: Arc::new(Semaphore::new(DEFAULT_CONNECTIONS)),
            limit: Cell::new(DEFAULT_CONNECTIONS),
            existing: Cell::new(DEFAULT_CONNECTIONS),
            surplus: Cell::new(0),
            waiting: Cell::new(0),
        }
    }
}

impl Permits {
    pub(super) fn limit(&self) -> usize {
        self.limit.get()
    }

    pub(super) fn set_limit(&self, limit: usize) {
        self.limit.set(limit.clamp(1, MAX_CONNECTIONS));
        self.restore();
    }

    /// Makes as many as the limit says, whatever a server has refused.
    pub(super) fn restore(&self) {
        let (existing, limit) = (self.existing.replace(self.limit.get()), self.limit.get());
        let more = limit.saturating_sub(existing);
        let revived = more.min(self.surplus.get());
        self.free.add_permits(more - revived);
        let fewer = existing.saturating_sub(limit);
        let forgotten = self.free.forget_permits(fewer);
        self.surplus
            .set(self.surplus.get() - revived + fewer - forgotten);
    }

    /// How many connections there may be now.
    pub(super) fn existing(&self) -> usize {
        self.existing.get()
    }

    /// Whether a connection is in use besides the asker's.
    pub(super) fn others_are_used(&self) -> bool {
        self.existing.get() + self.surplus.get() > self.free.available_permits() + 1
    }

    /// Whether somebody waits for one.
    pub(super) fn are_awaited(&self) -> bool {
        self.waiting.get() > 0
    }

    pub(super) async fn acquire(self: &Rc<Self>) -> Result<Permit, Error> {
        let waiting = Waiting::new(&self.waiting);
        let permit = self.free.clone().acquire_owned().await;
        drop(waiting);
        let permit = permit.map_err(|_| Error::WrongState("the pool has ended".into()))?;
        Ok(Permit {
            permit: Some(permit),
            permits: self.clone(),
        })
    }
}

/// Somebody who waits, until it is dropped.
struct Waiting<'a>(&'a Cell<usize>);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a Cell<usize>) -> Self {
        waiting.set(waiting.get() + 1);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// Comes back when it is dropped.
pub(super) struct Permit {
    permit: Option<OwnedSemaphorePermit>,
    permits: Rc<Permits>,
}

impl Permit {
    /// Another one, if one is free.
    pub(super) fn another(&self) -> Option<Self> {
        let permit = self.permits.free.clone().try_acquire_owned().ok()?;
        Some(Self {
            permit: Some(permit),
            permits: self.permits.clone(),
        })
    }

    /// Takes it away until [`Permits::restore`].
    pub(super) fn give_up(self) {
        let permits = &self.permits;
        // It is taken away when it is dropped.
        if permits.surplus.get() == 0 {
            permits.existing.set(permits.existing.get() - 1);
            permits.surplus.set(1);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let surplus = self.permits.surplus.get();
        if let Some(permit) = self.permit.take()
            && surplus > 0
        {
            self.permits.surplus.set(surplus - 1);
            permit.forget();
        }
    }
}

//! Backpressure of the component model: while too many calls wait, no further one begins.

use core::cell::Cell;
use std::rc::Rc;

use wit_bindgen::{backpressure_dec, backpressure_inc};

use crate::net::Wasi03;
use crate::pool::Pool;

/// Calls that may wait by default.
const DEFAULT_LIMIT: usize = 1000;

/// The calls of a mailer that send, or wait for a connection.
pub(super) struct Calls {
    pool: Rc<Pool<Wasi03>>,
    waiting_limit: Cell<usize>,
    running: Cell<usize>,
    is_full: Cell<bool>,
}

/// A call that has begun.
pub(super) struct Call<'a>(&'a Calls);

impl Calls {
    pub(super) fn new(pool: Rc<Pool<Wasi03>>) -> Self {
        Self {
            pool,
            waiting_limit: Cell::new(DEFAULT_LIMIT),
            running: Cell::new(0),
            is_full: Cell::new(false),
        }
    }

    pub(super) fn set_limit(&self, calls: u32) {
        self.waiting_limit
            .set(usize::try_from(calls).unwrap_or(usize::MAX));
        self.update(self.running.get());
    }

    pub(super) fn enter(&self) -> Call<'_> {
        self.update(self.running.get() + 1);
        Call(self)
    }

    fn update(&self, running: usize) {
        self.running.set(running);
        let waiting = running.saturating_sub(self.pool.connections());
        let is_full = waiting > self.waiting_limit.get();
        match (self.is_full.replace(is_full), is_full) {
            (false, true) => backpressure_inc(),
            (true, false) => backpressure_dec(),
            (true, true) | (false, false) => {}
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let Self(calls) = self;
        calls.update(calls.running.get() - 1);
    }
}

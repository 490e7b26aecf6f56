//! The messages of one call, which several connections take in turns.

use core::cell::RefCell;
use std::collections::VecDeque;

use crate::smtp::error::Error;
use crate::smtp::sending::Delivery;

/// Messages that are left.
pub(super) struct Work<'d, 'm> {
    turns: RefCell<VecDeque<&'d mut [Delivery<'m>]>>,
    /// Whether several connections take turns.
    is_shared: bool,
    failure: RefCell<Option<Error>>,
}

impl<'d, 'm> Work<'d, 'm> {
    /// For so many connections, in turns of `size` messages.
    pub(super) fn new(deliveries: &'d mut [Delivery<'m>], workers: usize, size: usize) -> Self {
        Self {
            turns: RefCell::new(deliveries.chunks_mut(size).collect()),
            is_shared: workers > 1,
            failure: RefCell::default(),
        }
    }

    pub(super) fn is_left(&self) -> bool {
        !self.turns.borrow().is_empty()
    }

    /// The messages of the next turn; only the first of them if other connections wait until that is done.
    pub(super) fn next(&self, others_wait: bool) -> Option<&'d mut [Delivery<'m>]> {
        let mut turns = self.turns.borrow_mut();
        let turn = turns.pop_front()?;
        if others_wait && self.is_shared && turn.len() > 1 {
            let (first, rest) = turn.split_at_mut(1);
            turns.push_front(rest);
            return Some(first);
        }
        Some(turn)
    }

    /// For another connection. Messages that are done stay done.
    pub(super) fn put_back(&self, turn: &'d mut [Delivery<'m>]) {
        self.turns.borrow_mut().push_front(turn);
    }

    /// No connection can be opened. Those that are open go on.
    pub(super) fn fail(&self, error: Error) {
        self.failure.replace(Some(error));
    }

    /// The error of the messages that are left.
    pub(super) fn into_failure(self) -> Option<Error> {
        self.failure.into_inner()
    }
}

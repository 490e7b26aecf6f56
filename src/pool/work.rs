//! The messages of one call, which several connections take in turns.

use core::cell::RefCell;
use std::collections::VecDeque;

use crate::smtp::error::Error;
use crate::smtp::sending::Delivery;

/// Messages that are left.
pub(super) struct Work<'d, 'm> {
    turns: RefCell<VecDeque<&'d mut [Delivery<'m>]>>,
    failure: RefCell<Option<Error>>,
}

impl<'d, 'm> Work<'d, 'm> {
    /// In turns of `size` messages.
    pub(super) fn new(deliveries: &'d mut [Delivery<'m>], size: usize) -> Self {
        Self {
            turns: RefCell::new(deliveries.chunks_mut(size).collect()),
            failure: RefCell::default(),
        }
    }

    pub(super) fn is_left(&self) -> bool {
        !self.turns.borrow().is_empty()
    }

    /// The messages of the next turn, or only the first of them.
    pub(super) fn next(&self, only_one: bool) -> Option<&'d mut [Delivery<'m>]> {
        let mut turns = self.turns.borrow_mut();
        let turn = turns.pop_front()?;
        if only_one && turn.len() > 1 {
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

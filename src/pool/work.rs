//! The messages of one call, which several connections take in turns.

use core::cell::RefCell;
use std::collections::VecDeque;

use crate::smtp::error::Error;
use crate::smtp::sending::Delivery;

/// Messages that are left.
pub(super) struct Work<'d, 'm> {
    left: RefCell<VecDeque<&'d mut Delivery<'m>>>,
    failure: RefCell<Option<Error>>,
}

impl<'d, 'm> Work<'d, 'm> {
    pub(super) fn new(deliveries: &'d mut [Delivery<'m>]) -> Self {
        Self {
            left: RefCell::new(deliveries.iter_mut().collect()),
            failure: RefCell::default(),
        }
    }

    pub(super) fn is_left(&self) -> bool {
        !self.left.borrow().is_empty()
    }

    pub(super) fn next(&self) -> Option<&'d mut Delivery<'m>> {
        self.left.borrow_mut().pop_front()
    }

    /// For another connection.
    pub(super) fn put_back(
        &self,
        deliveries: impl DoubleEndedIterator<Item = &'d mut Delivery<'m>>,
    ) {
        let mut left = self.left.borrow_mut();
        deliveries
            .rev()
            .for_each(|delivery| left.push_front(delivery));
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

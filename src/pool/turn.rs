//! The messages that a connection takes, one after the other.

use crate::smtp::sending::{Delivery, Queue};

/// A connection takes a message when the one before it ends: a slow server keeps none from the others.
pub(super) struct Turn<'d, 'm, F> {
    taken: Vec<&'d mut Delivery<'m>>,
    /// The next message, after so many.
    next: F,
}

impl<'d, 'm, F> Turn<'d, 'm, F> {
    pub(super) fn new(first: &'d mut Delivery<'m>, next: F) -> Self {
        Self {
            taken: vec![first],
            next,
        }
    }

    /// The messages that need another connection.
    pub(super) fn into_left(self) -> impl DoubleEndedIterator<Item = &'d mut Delivery<'m>> {
        let taken = self.taken.into_iter();
        taken.filter(|delivery| !delivery.job.is_done())
    }
}

impl<'d, 'm, F: Fn(usize) -> Option<&'d mut Delivery<'m>>> Queue<'m> for Turn<'d, 'm, F> {
    fn count(&self) -> usize {
        self.taken.len()
    }

    fn at(&mut self, index: usize) -> &mut Delivery<'m> {
        self.taken[index]
    }

    fn take_more(&mut self) {
        self.taken.extend((self.next)(self.taken.len()));
    }
}

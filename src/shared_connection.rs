//! A connection that a mailer or client shares with the message that it writes.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use crate::connection::{CallDeadlines, Connection};
use crate::net::Network;
use crate::smtp::error::Error;

/// Clones share one connection, which one call at a time uses.
pub(crate) struct SharedConnection<N: Network>(Rc<RefCell<Slot<N>>>);

enum Slot<N: Network> {
    Idle(Box<Connection<N>>),
    Leased,
    Ended,
}

impl<N: Network> Clone for SharedConnection<N> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<N: Network> SharedConnection<N> {
    pub(crate) fn new(connection: Connection<N>) -> Self {
        Self(Rc::new(RefCell::new(Slot::Idle(Box::new(connection)))))
    }

    /// Begins a call with its own deadlines.
    pub(crate) fn begin(&self, deadlines: CallDeadlines<N>) -> Result<Lease<N>, Error> {
        let mut lease = self.resume()?;
        lease.connection.begin(deadlines);
        Ok(lease)
    }

    /// Goes on with a call that has begun.
    pub(crate) fn resume(&self) -> Result<Lease<N>, Error> {
        let what = match self.0.replace(Slot::Leased) {
            Slot::Idle(connection) => {
                return Ok(Lease {
                    connection,
                    shared: self.clone(),
                });
            }
            Slot::Leased => "another call uses the connection, or was given up",
            Slot::Ended => {
                self.abort();
                "the connection has ended"
            }
        };
        Err(Error::WrongState(what.into()))
    }

    /// Looks at the connection without asking the server; `None` if it has ended.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&Connection<N>) -> T) -> Option<T> {
        match &*self.0.borrow() {
            Slot::Idle(connection) => Some(look(connection)),
            Slot::Leased | Slot::Ended => None,
        }
    }

    /// Whether another message may be sent over the connection, as far as that shows without a round trip.
    pub(crate) fn is_good(&self) -> bool {
        match &mut *self.0.borrow_mut() {
            Slot::Idle(connection) => !connection.is_writing() && connection.is_alive(),
            Slot::Leased | Slot::Ended => false,
        }
    }

    /// Sends QUIT and closes the connection.
    pub(crate) async fn quit(&self) {
        if let Ok(mut lease) = self.resume() {
            lease.quit().await;
        }
        self.abort();
    }

    /// Closes the connection without QUIT.
    pub(crate) fn abort(&self) {
        self.0.replace(Slot::Ended);
    }
}

/// The connection while a call uses it. A call that is given up half-way drops the lease, which closes the
/// connection: the state of the server is unknown.
pub(crate) struct Lease<N: Network> {
    connection: Box<Connection<N>>,
    shared: SharedConnection<N>,
}

impl<N: Network> Lease<N> {
    /// Gives the connection back after the call. A session that has ended closes it.
    pub(crate) fn release(self) {
        let mut slot = self.shared.0.borrow_mut();
        // Unless it was aborted meanwhile.
        if matches!(*slot, Slot::Leased) {
            *slot = if self.connection.is_open() {
                Slot::Idle(self.connection)
            } else {
                Slot::Ended
            };
        }
    }
}

impl<N: Network> Deref for Lease<N> {
    type Target = Connection<N>;

    fn deref(&self) -> &Connection<N> {
        &self.connection
    }
}

impl<N: Network> DerefMut for Lease<N> {
    fn deref_mut(&mut self) -> &mut Connection<N> {
        &mut self.connection
    }
}

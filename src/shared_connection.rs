//! A connection that a mailer or client shares with the message that it writes.

use std::cell::RefCell;
use std::rc::Rc;

use crate::connection::{CallDeadlines, Connection};
use crate::net::Network;
use crate::smtp::error::Error;

/// Clones share one connection. One call at a time uses it. A call that is given up half-way takes the
/// connection with it, as nobody knows what the server has read.
pub struct SharedConnection<N: Network>(Rc<RefCell<Slot<N>>>);

enum Slot<N: Network> {
    Idle(Box<Connection<N>>),
    InUse,
    Ended,
}

impl<N: Network> Clone for SharedConnection<N> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<N: Network> SharedConnection<N> {
    pub fn new(connection: Connection<N>) -> Self {
        Self(Rc::new(RefCell::new(Slot::Idle(Box::new(connection)))))
    }

    /// Begins a call with its own deadlines.
    pub async fn call<T>(
        &self,
        deadlines: CallDeadlines<N>,
        operation: impl AsyncFnOnce(&mut Connection<N>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.resume(async |connection| {
            connection.begin(deadlines);
            operation(connection).await
        })
        .await
    }

    /// Goes on with a call that has begun. A session that has ended closes its connection.
    pub async fn resume<T>(
        &self,
        operation: impl AsyncFnOnce(&mut Connection<N>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut connection = self.take()?;
        let result = operation(&mut connection).await;
        let mut slot = self.0.borrow_mut();
        if matches!(*slot, Slot::InUse) {
            *slot = if connection.is_open() {
                Slot::Idle(connection)
            } else {
                Slot::Ended
            };
        }
        result
    }

    /// Looks at the connection without asking the server; `None` if it has ended.
    pub fn with<T>(&self, look: impl FnOnce(&Connection<N>) -> T) -> Option<T> {
        match &*self.0.borrow() {
            Slot::Idle(connection) => Some(look(connection)),
            Slot::InUse | Slot::Ended => None,
        }
    }

    /// Whether another message may be sent over the connection, as far as that shows without a round trip.
    pub fn is_good(&self) -> bool {
        match &mut *self.0.borrow_mut() {
            Slot::Idle(connection) => !connection.is_writing() && connection.is_alive(),
            Slot::InUse | Slot::Ended => false,
        }
    }

    /// Sends QUIT and closes the connection.
    pub async fn quit(&self) {
        if let Ok(mut connection) = self.take() {
            connection.quit().await;
        }
        self.abort();
    }

    /// Closes the connection without QUIT.
    pub fn abort(&self) {
        self.0.replace(Slot::Ended);
    }

    fn take(&self) -> Result<Box<Connection<N>>, Error> {
        let mut slot = self.0.borrow_mut();
        match std::mem::replace(&mut *slot, Slot::InUse) {
            Slot::Idle(connection) => Ok(connection),
            Slot::InUse => Err(Error::WrongState(
                "another call is using the connection, or was given up".into(),
            )),
            Slot::Ended => {
                *slot = Slot::Ended;
                Err(Error::WrongState("the connection has ended".into()))
            }
        }
    }
}

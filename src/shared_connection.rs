//! A connection that several hold: a mailer or a client, and the message that is on its way.

use std::cell::RefCell;
use std::rc::Rc;

use crate::connection::{CallDeadlines, Connection};
use crate::smtp::error::Error;

/// Empty once the connection has ended.
#[derive(Clone, Default)]
pub struct SharedConnection(Rc<RefCell<Option<Connection>>>);

impl SharedConnection {
    pub fn new(connection: Connection) -> Self {
        Self(Rc::new(RefCell::new(Some(connection))))
    }

    /// A call of its own, with its own limits.
    pub fn call<T>(
        &self,
        clock: CallDeadlines,
        call: impl FnOnce(&mut Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.resume(|connection| {
            connection.begin(clock);
            call(connection)
        })
    }

    /// A part of a call that has begun. A session that ended closes its connection.
    pub fn resume<T>(
        &self,
        call: impl FnOnce(&mut Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut slot = self.0.borrow_mut();
        let Some(connection) = slot.as_mut() else {
            return Err(Error::WrongState("the connection has ended".into()));
        };
        let result = call(connection);
        if !connection.is_open() {
            *slot = None;
        }
        result
    }

    /// What is known without asking the server, while the connection stands.
    pub fn with<T>(&self, look: impl FnOnce(&Connection) -> T) -> Option<T> {
        self.0.borrow().as_ref().map(look)
    }

    /// Whether another message may be sent over it, as far as that shows without a round trip.
    pub fn is_good(&self) -> bool {
        let mut slot = self.0.borrow_mut();
        slot.as_mut()
            .is_some_and(|connection| !connection.is_writing() && connection.is_alive())
    }

    /// Says QUIT and closes.
    pub fn quit(&self) {
        if let Some(mut connection) = self.0.take() {
            connection.quit();
        }
    }

    /// Closes without a word.
    pub fn abort(&self) {
        self.0.take();
    }
}

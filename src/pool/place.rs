//! A place in the pool: a connection, or the right to open one.

use std::rc::Rc;

use futures_util::future::join_all;

use super::login::Entry;
use super::pace::Schedule;
use super::permits::Permit;
use super::{OUT_OF_TIME, Pool};
use crate::connection::CallDeadlines;
use crate::mailer::Mailer;
use crate::net::Network;
use crate::shared_connection::SharedConnection;
use crate::smtp::error::Error;

/// A connection that waits for the next message.
pub(super) struct Idle<N: Network> {
    pub(super) connection: SharedConnection<N>,
    pace: Schedule,
}

/// If it is dropped, its connection is closed.
pub(super) struct Place<N: Network> {
    /// It has the connection.
    pub(super) mailer: Mailer<N>,
    /// Of the connection.
    pub(super) pace: Schedule,
    permit: Permit,
    pool: Rc<Pool<N>>,
}

impl<N: Network> Pool<N> {
    /// Waits for a place, at most until the call's time is over.
    pub(super) async fn place<'p>(
        self: &'p Rc<Self>,
        deadlines: &CallDeadlines<N>,
    ) -> Result<(Place<N>, Entry<'p>), Error> {
        let waited = deadlines.until_total(self.wait_for_place()).await;
        waited.ok_or(OUT_OF_TIME)?
    }

    async fn wait_for_place(self: &Rc<Self>) -> Result<(Place<N>, Entry<'_>), Error> {
        let failures = self.login.failures();
        let permit = self.permits.acquire().await?;
        let mut place = Place {
            mailer: self.mailer.borrow_mut().fork(),
            pace: Schedule::default(),
            permit,
            pool: self.clone(),
        };
        let entry = self
            .login
            .enter(place.epoch(), place.mailer.logs_in(), failures)
            .await?;
        // The connection that was the first may be free by now.
        place.take_idle();
        Ok((place, entry))
    }
}

impl<N: Network> Place<N> {
    pub(super) fn epoch(&self) -> u32 {
        self.mailer.epoch()
    }

    fn is_current(&self) -> bool {
        self.epoch() == self.pool.mailer.borrow().epoch()
    }

    /// Takes the idle connection that was used last, which is the least likely to have been closed.
    fn take_idle(&mut self) {
        if self.is_current()
            && let Some(idle) = self.pool.idle.borrow_mut().pop()
        {
            self.pace = idle.pace;
            self.mailer.keep(idle.connection);
        }
    }

    /// Gives the connection back.
    pub(super) fn release(mut self) {
        let is_current = self.is_current();
        if let Some(connection) = self.mailer.take_connection()
            && is_current
        {
            let pace = self.pace;
            self.pool.idle.borrow_mut().push(Idle { connection, pace });
        }
    }

    /// Gives the place up: the server takes no more connections.
    pub(super) fn give_up(self) {
        self.permit.give_up();
    }

    /// The idle connections that have reached their limits. Whoever has a permit and no connection yet takes
    /// an idle one, and closes it if need be.
    pub(super) fn take_expired(&self) -> Expired<N> {
        let mut expired = Vec::new();
        self.pool.idle.borrow_mut().retain(|idle| {
            if !self.mailer.is_used_up(&idle.connection) {
                return true;
            }
            let Some(permit) = self.permit.another() else {
                return true;
            };
            expired.push((idle.connection.clone(), permit));
            false
        });
        Expired(expired)
    }
}

/// Connections that are closed. Each counts until all are.
pub(super) struct Expired<N: Network>(Vec<(SharedConnection<N>, Permit)>);

impl<N: Network> Expired<N> {
    pub(super) async fn quit(self) {
        join_all(self.0.iter().map(|(connection, _)| connection.quit())).await;
    }
}

/// Sends QUIT over each of them at the same time.
pub(super) async fn quit_all<N: Network>(connections: Vec<SharedConnection<N>>) {
    join_all(connections.iter().map(SharedConnection::quit)).await;
}

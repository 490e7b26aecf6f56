//! The store of TLS sessions to resume, in memory.
//!
//! rustls has one too, but its constructor differs with and without its `std` feature.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;

use super::finished::is_extended;

/// A mailer talks to one server; this bounds the store if its name changes.
const MAX_SERVERS: usize = 4;
/// A TLS 1.3 ticket resumes one connection; servers send two at a time.
const MAX_TICKETS: usize = 8;

#[derive(Default)]
pub(super) struct Sessions {
    servers: Mutex<VecDeque<Server>>,
}

struct Server {
    name: ServerName<'static>,
    group: Option<NamedGroup>,
    tls12: Option<Tls12ClientSessionValue>,
    tickets: VecDeque<Tls13ClientSessionValue>,
}

impl Sessions {
    fn servers(&self) -> MutexGuard<'_, VecDeque<Server>> {
        // A poisoned lock is harmless: nothing here can panic halfway through a change.
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(
        &self,
        name: &ServerName<'_>,
        read: impl FnOnce(&mut Server) -> Option<T>,
    ) -> Option<T> {
        let mut servers = self.servers();
        let place = place(&servers, name)?;
        servers.get_mut(place).and_then(read)
    }

    fn change(&self, name: ServerName<'static>, change: impl FnOnce(&mut Server)) {
        let mut servers = self.servers();
        if let Some(place) = place(&servers, &name) {
            return servers.get_mut(place).map_or((), change);
        }
        let mut server = Server {
            name,
            group: None,
            tls12: None,
            tickets: VecDeque::new(),
        };
        change(&mut server);
        push_bounded(&mut servers, server, MAX_SERVERS);
    }
}

impl ClientSessionStore for Sessions {
    fn set_kx_hint(&self, name: ServerName<'static>, group: NamedGroup) {
        self.change(name, |server| server.group = Some(group));
    }

    fn kx_hint(&self, name: &ServerName<'_>) -> Option<NamedGroup> {
        self.read(name, |server| server.group)
    }

    fn set_tls12_session(&self, name: ServerName<'static>, session: Tls12ClientSessionValue) {
        if !is_extended() {
            return;
        }
        self.change(name, |server| server.tls12 = Some(session));
    }

    fn tls12_session(&self, name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.read(name, |server| server.tls12.clone())
    }

    fn remove_tls12_session(&self, name: &ServerName<'static>) {
        self.read(name, |server| server.tls12.take());
    }

    fn insert_tls13_ticket(&self, name: ServerName<'static>, ticket: Tls13ClientSessionValue) {
        self.change(name, |server| {
            push_bounded(&mut server.tickets, ticket, MAX_TICKETS)
        });
    }

    fn take_tls13_ticket(&self, name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.read(name, |server| server.tickets.pop_back())
    }
}

impl fmt::Debug for Sessions {
    /// Hides the sessions, which are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

/// Not inlined: each caller grew by a kilobyte for the comparison of names.
#[inline(never)]
fn place(servers: &VecDeque<Server>, name: &ServerName<'_>) -> Option<usize> {
    servers.iter().position(|server| server.name == *name)
}

/// Drops the oldest item if the queue is full.
fn push_bounded<T>(queue: &mut VecDeque<T>, item: T, limit: usize) {
    if queue.len() >= limit {
        queue.pop_front();
    }
    queue.push_back(item);
}

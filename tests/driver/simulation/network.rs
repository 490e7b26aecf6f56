//! The simulated network: names that are looked up, addresses that are connected to, and links that cut and
//! delay what passes.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use envoi::net::{Deadline, Error, Interest, Network, NoRandomness, Read, Source, Stream};

use super::ledger::Ledger;
use super::link::Link;
use super::plan::{NetworkPlan, ServerPlan, Weather};
use super::server::Server;
use super::world::World;

#[derive(Clone)]
pub(crate) struct SimNetwork(Rc<Inner>);

struct Inner {
    world: Rc<World>,
    weather: Weather,
    plan: NetworkPlan,
    server: Rc<ServerPlan>,
    ledger: Rc<Ledger>,
    /// The longest wait that the settings allow.
    longest: Cell<Duration>,
    connections: Cell<usize>,
    /// The connections that there may be.
    limit: Cell<usize>,
}

impl SimNetwork {
    pub(crate) fn new(world: &Rc<World>, weather: Weather, plan: NetworkPlan) -> Self {
        Self(Rc::new(Inner {
            world: world.clone(),
            weather,
            plan,
            server: Rc::new(ServerPlan::choose(world, weather)),
            ledger: Rc::new(Ledger::new(world)),
            longest: Cell::default(),
            connections: Cell::default(),
            limit: Cell::new(usize::MAX),
        }))
    }

    pub(crate) fn world(&self) -> &Rc<World> {
        &self.0.world
    }

    pub(crate) fn server(&self) -> &ServerPlan {
        &self.0.server
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.0.weather == Weather::Calm
    }

    pub(crate) fn allow_wait(&self, limit: Duration) {
        self.0.longest.set(self.0.longest.get().max(limit));
    }

    pub(crate) fn allow_connections(&self, limit: usize) {
        self.0.limit.set(limit);
    }

    pub(crate) async fn pause(&self, time: Duration) {
        self.sleep_until(Deadline::at(self.now() + time)).await;
    }

    /// Waits until `look` returns something, or until `deadline`.
    async fn wait<T>(
        &self,
        deadline: Option<Deadline>,
        mut look: impl FnMut(&mut Context) -> Option<T>,
    ) -> Result<T, Error> {
        let mut alarm = None;
        poll_fn(|context| {
            if let Some(found) = look(context) {
                return Poll::Ready(Ok(found));
            }
            if deadline.is_some_and(|deadline| deadline.has_passed(self)) {
                return Poll::Ready(Err(Error::TimedOut));
            }
            alarm = deadline.map(|at| self.world().alarm(at.moment(), context.waker()));
            Poll::Pending
        })
        .await
    }

    /// A wait for the server, which the settings limit.
    async fn wait_for_server<T>(
        &self,
        deadline: Deadline,
        look: impl FnMut(&mut Context) -> Option<T>,
    ) -> Result<T, Error> {
        let wait = deadline.moment().saturating_sub(self.now());
        if wait > self.0.longest.get() {
            let longest = self.0.longest.get();
            self.world()
                .violates(|| format!("a wait of {wait:?}: at most {longest:?} is set"));
        }
        self.wait(Some(deadline), look).await
    }

    /// Something happens on the way to a connection: silence, or an error.
    async fn strike<T>(&self, deadline: Option<Deadline>, what: &str) -> Result<T, Error> {
        let world = self.world();
        let error = match world.below(4) {
            0 => {
                world.trace(|| format!("{what}: silence"));
                return self.wait(deadline, |_| None).await;
            }
            1 => Error::Denied,
            2 => Error::Disconnected,
            _ => Error::Failed("it fails".into()),
        };
        self.pause(world.millis(2_000)).await;
        world.trace(|| format!("{what}: {error}"));
        Err(error)
    }

    fn established(&self) -> SimStream {
        let inner = &self.0;
        let count = inner.connections.get() + 1;
        inner.connections.set(count);
        let limit = inner.limit.get();
        if count > limit {
            let what = || format!("{count} connections at the same time, and {limit} are allowed");
            inner.world.violates(what);
        }
        let server = Server::new(&inner.world, &inner.server, &inner.ledger, inner.plan.chaos);
        SimStream {
            network: self.clone(),
            link: Link::new(&inner.world, inner.plan, server),
            permitted: 0,
        }
    }
}

impl Network for SimNetwork {
    type Stream = SimStream;

    async fn lookup(&self, _: &str, deadline: Deadline) -> Result<Vec<IpAddr>, Error> {
        let world = self.world();
        if self.0.plan.on_the_way.strikes(world) {
            return match world.below(3) {
                0 => Ok(Vec::new()),
                _ => self.strike(Some(deadline), "lookup").await,
            };
        }
        self.pause(world.millis(100)).await;
        let known = ["127.0.0.1", "::1", "127.0.0.2", "127.0.0.3"];
        let count = world.pick(&[1, 1, 1, 2, 4]);
        Ok(known[..count]
            .iter()
            .map(|ip| ip.parse().unwrap())
            .collect())
    }

    async fn connect(&self, address: SocketAddr) -> Result<SimStream, Error> {
        let world = self.world();
        if self.0.plan.on_the_way.strikes(world) {
            return self.strike(None, "connect").await;
        }
        let slow = if world.chance(10.0) { 1_000 } else { 0 };
        self.pause(world.millis(2 * self.0.plan.latency + slow))
            .await;
        let stream = self.established();
        world.trace(|| format!("link {} to {address}", stream.link.borrow().number()));
        Ok(stream)
    }

    fn now(&self) -> Duration {
        self.world().now()
    }

    async fn sleep_until(&self, deadline: Deadline) {
        let _ = self.wait::<()>(Some(deadline), |_| None).await;
    }

    fn random(buffer: &mut [u8]) -> Result<(), NoRandomness> {
        buffer.fill(4);
        Ok(())
    }

    /// In November 2023.
    fn unix_time() -> Duration {
        Duration::from_secs(1_700_000_000)
    }
}

pub(crate) struct SimStream {
    network: SimNetwork,
    link: Rc<RefCell<Link>>,
    /// What the next write may have.
    permitted: usize,
}

impl Source for SimStream {
    async fn read_within(&mut self, deadline: Deadline) -> Result<Read, Error> {
        let read = |context: &mut Context| {
            let read = self.link.borrow_mut().read();
            if read == Read::Nothing && !self.network.world().chance(2.0) {
                self.link.borrow_mut().wake_later(context.waker());
                return None;
            }
            Some(read)
        };
        self.network.wait_for_server(deadline, read).await
    }
}

impl Stream for SimStream {
    fn local_ip(&self) -> Option<IpAddr> {
        "127.0.0.9".parse().ok()
    }

    fn try_read(&mut self) -> Read {
        self.link.borrow_mut().read()
    }

    fn writable_bytes(&mut self) -> Result<usize, Error> {
        self.permitted = self.link.borrow_mut().room()?;
        Ok(self.permitted)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if bytes.len() > self.permitted {
            let what = || format!("a write of {}, {} permitted", bytes.len(), self.permitted);
            self.network.world().violates(what);
        }
        self.permitted = 0;
        Link::write(&self.link, bytes)
    }

    async fn wait(&mut self, interest: Interest, deadline: Deadline) -> Result<(), Error> {
        let ready = |context: &mut Context| {
            let mut link = self.link.borrow_mut();
            let is_readable = interest == Interest::ReadOrWrite && link.is_readable();
            if link.is_writable() || is_readable || self.network.world().chance(2.0) {
                return Some(());
            }
            link.wake_later(context.waker());
            None
        };
        self.network.wait_for_server(deadline, ready).await
    }
}

impl Drop for SimStream {
    fn drop(&mut self) {
        let count = &self.network.0.connections;
        count.set(count.get() - 1);
        Link::close(&self.link);
    }
}

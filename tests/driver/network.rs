//! A fake network.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use envoi::Mailer;
use envoi::net::{Deadline, Error, Interest, Network, NoRandomness, Read, Source, Stream};
use envoi::smtp::config::Security;

use super::server::Server;

pub(crate) const HOST: &str = "mail.example.org";

#[derive(Clone, Default)]
pub(crate) struct FakeNetwork(Rc<World>);

#[derive(Default)]
struct World {
    now: Cell<Duration>,
    /// The moments that the waiting futures wait for.
    awaited: RefCell<BTreeSet<Duration>>,
    addresses: RefCell<Option<Vec<IpAddr>>>,
    /// The attempts to connect to an address, one after the other.
    connections: RefCell<HashMap<IpAddr, VecDeque<Attempt>>>,
    /// When each connection was attempted.
    attempts: RefCell<Vec<(Duration, IpAddr)>>,
    servers: RefCell<Vec<Rc<RefCell<Server>>>>,
    by_octet: bool,
}

enum Attempt {
    Silence,
    Fails(Error),
    Connects { after: Duration, server: Server },
}

/// Runs a test as it is, and once more one octet at a time in both directions.
pub(crate) fn both_ways(test: impl Fn(&FakeNetwork)) {
    for by_octet in [false, true] {
        let network = FakeNetwork(Rc::new(World {
            by_octet,
            ..World::default()
        }));
        test(&network);
        network.expect_done();
    }
}

impl FakeNetwork {
    /// The name [`HOST`] has these addresses. It has none that is found until this is called.
    pub(crate) fn resolves_to(&self, addresses: &[&str]) {
        let addresses = addresses.iter().map(|ip| ip.parse().unwrap()).collect();
        self.0.addresses.replace(Some(addresses));
    }

    /// At the only address of [`HOST`], this server takes the next connection.
    pub(crate) fn serves(&self, script: &str) {
        self.resolves_to(&["192.0.2.1"]);
        self.connects("192.0.2.1", 0, script);
    }

    /// This server takes the next connection to `address`, after so many milliseconds.
    pub(crate) fn connects(&self, address: &str, millis: u64, script: &str) {
        let after = Duration::from_millis(millis);
        let server = Server::new(script);
        self.adds(address, Attempt::Connects { after, server });
    }

    /// The next connection to `address` fails.
    pub(crate) fn fails(&self, address: &str, error: Error) {
        self.adds(address, Attempt::Fails(error));
    }

    /// Nothing answers the next attempt to connect to `address`.
    pub(crate) fn ignores(&self, address: &str) {
        self.adds(address, Attempt::Silence);
    }

    fn adds(&self, address: &str, attempt: Attempt) {
        let mut connections = self.0.connections.borrow_mut();
        let queue = connections.entry(address.parse().unwrap()).or_default();
        queue.push_back(attempt);
    }

    /// A mailer to [`HOST`], without TLS.
    pub(crate) fn mailer(&self) -> Mailer<Self> {
        let mut mailer = Mailer::over(self.clone(), HOST.into());
        mailer.set_security(Security::Plaintext);
        mailer
    }

    /// The time that has passed.
    pub(crate) fn elapsed(&self) -> Duration {
        self.0.now.get()
    }

    pub(crate) fn lets_pass(&self, time: Duration) {
        self.0.now.set(self.elapsed() + time);
    }

    /// The time in milliseconds and the address of each attempt to connect.
    pub(crate) fn attempts(&self) -> Vec<(u128, String)> {
        let attempts = self.0.attempts.borrow();
        let attempts = attempts.iter();
        attempts
            .map(|(time, ip)| (time.as_millis(), ip.to_string()))
            .collect()
    }

    /// Runs a future to its end. While it waits, the clock jumps to the next event.
    #[track_caller]
    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            self.0.awaited.borrow_mut().clear();
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
            let next = self.0.awaited.borrow_mut().pop_first();
            let next = next.expect("the client waits for something that will happen");
            self.0.now.set(next.max(self.elapsed()));
        }
    }

    /// All servers have got all lines that they expect, and all connections were made.
    fn expect_done(&self) {
        for server in self.0.servers.borrow().iter() {
            assert!(server.borrow().is_done(), "a server waits for more");
        }
        for (address, left) in self.0.connections.borrow().iter() {
            assert!(left.is_empty(), "{address} waits for another connection");
        }
    }

    /// Waits until `look` returns something; `arrives` is when that may be.
    async fn wait<T>(
        &self,
        deadline: Option<Deadline>,
        mut look: impl FnMut() -> Option<T>,
        arrives: impl Fn() -> Option<Duration>,
    ) -> Result<T, Error> {
        poll_fn(|_| {
            if let Some(found) = look() {
                return Poll::Ready(Ok(found));
            }
            if deadline.is_some_and(|deadline| deadline.has_passed(self)) {
                return Poll::Ready(Err(Error::TimedOut));
            }
            let moments = [deadline.map(Deadline::moment), arrives()];
            let mut awaited = self.0.awaited.borrow_mut();
            let later = |moment: &Duration| *moment > self.elapsed();
            awaited.extend(moments.into_iter().flatten().filter(later));
            Poll::Pending
        })
        .await
    }
}

impl Network for FakeNetwork {
    type Stream = FakeStream;

    async fn lookup(&self, name: &str, deadline: Deadline) -> Result<Vec<IpAddr>, Error> {
        assert_eq!(name, HOST);
        let found = self.0.addresses.borrow().clone();
        self.wait(Some(deadline), || found.clone(), || None).await
    }

    async fn connect(&self, address: SocketAddr) -> Result<FakeStream, Error> {
        let ip = address.ip();
        let begun = self.elapsed();
        self.0.attempts.borrow_mut().push((begun, ip));
        let attempt = self
            .0
            .connections
            .borrow_mut()
            .get_mut(&ip)
            .and_then(VecDeque::pop_front);
        match attempt.expect("a connection that the test expects") {
            Attempt::Fails(error) => Err(error),
            Attempt::Silence => self.wait(None, || None, || None).await,
            Attempt::Connects { after, server } => {
                self.sleep_until(Deadline::at(begun + after)).await;
                let server = Rc::new(RefCell::new(server));
                self.0.servers.borrow_mut().push(server.clone());
                Ok(FakeStream {
                    network: self.clone(),
                    server,
                })
            }
        }
    }

    fn now(&self) -> Duration {
        self.elapsed()
    }

    async fn sleep_until(&self, deadline: Deadline) {
        let passed = || deadline.has_passed(self).then_some(());
        let _ = self.wait(Some(deadline), passed, || None).await;
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

pub(crate) struct FakeStream {
    network: FakeNetwork,
    server: Rc<RefCell<Server>>,
}

impl FakeStream {
    fn most(&self) -> usize {
        if self.network.0.by_octet { 1 } else { 4096 }
    }
}

impl Source for FakeStream {
    async fn read_within(&mut self, deadline: Deadline) -> Result<Read, Error> {
        let (network, server, most) = (&self.network, &self.server, self.most());
        let read = || {
            let read = server.borrow_mut().read(most, network.elapsed());
            (read != Read::Nothing).then_some(read)
        };
        let arrives = || server.borrow().next_arrival();
        network.wait(Some(deadline), read, arrives).await
    }
}

impl Stream for FakeStream {
    fn local_ip(&self) -> Option<IpAddr> {
        "192.0.2.9".parse().ok()
    }

    fn try_read(&mut self) -> Read {
        let now = self.network.elapsed();
        self.server.borrow_mut().read(self.most(), now)
    }

    fn writable_bytes(&mut self) -> Result<usize, Error> {
        let mut server = self.server.borrow_mut();
        server.advance(self.network.elapsed());
        if server.is_broken() {
            return Err(Error::Disconnected);
        }
        Ok(if server.reads() { self.most() } else { 0 })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let now = self.network.elapsed();
        assert!(bytes.len() <= self.most(), "more than is permitted");
        self.server.borrow_mut().receive(bytes, now);
        Ok(())
    }

    async fn wait(&mut self, interest: Interest, deadline: Deadline) -> Result<(), Error> {
        let (network, server) = (&self.network, &self.server);
        let ready = || {
            let mut server = server.borrow_mut();
            server.advance(network.elapsed());
            let arrival = server.next_arrival();
            let arrived = arrival.is_some_and(|arrives| arrives <= network.elapsed());
            let is_readable = interest == Interest::ReadOrWrite && arrived;
            (server.reads() || is_readable).then_some(())
        };
        let arrives = || server.borrow().next_arrival();
        network.wait(Some(deadline), ready, arrives).await
    }
}

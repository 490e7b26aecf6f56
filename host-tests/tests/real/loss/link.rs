//! The network between the component and a server: a port that forwards connections, and breaks some of them at an
//! octet.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use socket2::SockRef;

/// How soon one direction notices that the other has ended the connection.
const NOTICE: Duration = Duration::from_millis(10);

/// Where and how a connection breaks.
#[derive(Clone, Copy, Debug)]
struct Break {
    /// Otherwise from the server to the client.
    from_client: bool,
    /// The octets that still pass.
    after: usize,
    way: Way,
}

#[derive(Clone, Copy, Debug)]
enum Way {
    /// RST to both sides.
    Reset,
    /// FIN to the receiver; what follows is lost.
    Close,
    /// What follows is lost, and nobody is told.
    Silence,
}

/// Dropping it ends it; connections that are open go on.
pub(crate) struct Link {
    pub port: u16,
    state: Arc<State>,
}

struct State {
    target: u16,
    seed: u64,
    ended: AtomicBool,
    connections: AtomicUsize,
    broken: AtomicUsize,
}

impl Link {
    /// Forwards to this port of 127.0.0.1. The seed decides which connections break.
    pub(crate) fn to(target: u16, seed: u64) -> Link {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            target,
            seed,
            ended: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            broken: AtomicUsize::new(0),
        });
        let own = state.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if own.ended.load(Ordering::Relaxed) {
                    return;
                }
                let own = own.clone();
                thread::spawn(move || own.carry(client));
            }
        });
        Link { port, state }
    }

    /// All connections, and those that it broke.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let of = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        (of(&self.state.connections), of(&self.state.broken))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::Relaxed);
        // Wakes the listener.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl State {
    fn carry(&self, client: TcpStream) {
        let number = self.connections.fetch_add(1, Ordering::Relaxed);
        let planned = planned(self.seed, number);
        let Some(server) = connect(self.target) else {
            return;
        };
        let pair = Pair {
            client,
            server,
            ended: AtomicBool::new(false),
        };
        let breaks = |from_client| planned.filter(|one| one.from_client == from_client);
        thread::scope(|scope| {
            let up = scope.spawn(|| pair.pump(true, breaks(true)));
            let broken = pair.pump(false, breaks(false)) || up.join().unwrap();
            self.broken
                .fetch_add(usize::from(broken), Ordering::Relaxed);
        });
    }
}

/// Three connections of four break. Most have sent some messages by then; some are still at the greeting.
fn planned(seed: u64, number: usize) -> Option<Break> {
    let mut random = Rng::with_seed(seed ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let from_client = random.bool();
    let few = random.u8(0..4) > 0;
    let range = match (from_client, few) {
        (true, true) => 4_000,
        (true, false) => 100_000,
        (false, true) => 2_500,
        (false, false) => 400,
    };
    let way = match random.u8(0..4) {
        0 => Way::Silence,
        1 => Way::Close,
        _ => Way::Reset,
    };
    let after = random.usize(0..range);
    (random.u8(0..4) > 0).then_some(Break {
        from_client,
        after,
        way,
    })
}

/// None while the server is down.
fn connect(port: u16) -> Option<TcpStream> {
    let server = TcpStream::connect(("127.0.0.1", port)).ok()?;
    // The system may give a client the very port that it connects to, if nobody listens there.
    (server.local_addr().ok()? != server.peer_addr().ok()?).then_some(server)
}

struct Pair {
    client: TcpStream,
    server: TcpStream,
    ended: AtomicBool,
}

impl Pair {
    /// Carries one direction; returns whether it broke the connection.
    fn pump(&self, from_client: bool, mut planned: Option<Break>) -> bool {
        let (mut from, mut to) = if from_client {
            (&self.client, &self.server)
        } else {
            (&self.server, &self.client)
        };
        from.set_read_timeout(Some(NOTICE)).unwrap();
        let mut buffer = [0; 16 * 1024];
        while !self.ended.load(Ordering::Relaxed) {
            let octets = match from.read(&mut buffer) {
                Ok(0) => {
                    let _ = to.shutdown(Shutdown::Write);
                    return false;
                }
                Ok(octets) => octets,
                Err(error) if waits(error.kind()) => continue,
                Err(_) => {
                    self.reset();
                    return false;
                }
            };
            let passing = planned.map_or(octets, |one| octets.min(one.after));
            if to.write_all(&buffer[..passing]).is_err() {
                self.reset();
                return false;
            }
            match &mut planned {
                Some(one) if one.after == passing => {
                    self.end(from, to, one.way);
                    return true;
                }
                Some(one) => one.after -= passing,
                None => {}
            }
        }
        false
    }

    fn end(&self, mut from: &TcpStream, to: &TcpStream, way: Way) {
        match way {
            Way::Reset => return self.reset(),
            Way::Close => drop(to.shutdown(Shutdown::Write)),
            Way::Silence => {}
        }
        let mut lost = [0; 16 * 1024];
        while !self.ended.load(Ordering::Relaxed) {
            match from.read(&mut lost) {
                Ok(0) => break,
                Err(error) if !waits(error.kind()) => break,
                _ => {}
            }
        }
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Both sides get RST once both directions have ended.
    fn reset(&self) {
        for side in [&self.client, &self.server] {
            let _ = SockRef::from(side).set_linger(Some(Duration::ZERO));
        }
        self.ended.store(true, Ordering::Relaxed);
    }
}

fn waits(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

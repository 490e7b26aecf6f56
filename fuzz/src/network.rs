//! A network in memory whose server says what an input says, without a clock of its own.
//!
//! The input is in pieces, which `|` separates; each is one read of the client. `|+` makes the next piece available
//! at once, even while the client writes. Alone in its piece, `~` closes the connection, `%` breaks it, and `!` is
//! silent until the client's patience ends. The next connection goes on with what is left.
//!
//! A client that starts TLS finds a server that speaks it, and then says the next pieces inside.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use envoi::net::{Deadline, Error, Interest, Network, NoRandomness, Read, Source, Stream};
use envoi::smtp::config::Protocol;
use envoi::tls::Platform;
use rustls::{ALL_VERSIONS, ServerConnection};

use crate::tls_peer::{FuzzPlatform, good_chain, server};
use crate::witness::Witness;

/// The first octet of a ClientHello (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 22;

/// One network, and all connections over it.
#[derive(Clone)]
pub struct ScriptedNetwork(Rc<World>);

struct World {
    now: Cell<Duration>,
    pieces: RefCell<VecDeque<Vec<u8>>>,
    /// Octets that the network takes at once.
    window: usize,
    protocol: Protocol,
    witnesses: RefCell<Vec<Rc<RefCell<Witness>>>>,
}

impl ScriptedNetwork {
    pub fn new(input: &[u8], window: usize, protocol: Protocol) -> Self {
        let pieces = input.split(|octet| *octet == b'|').map(<[u8]>::to_vec);
        Self(Rc::new(World {
            now: Cell::default(),
            pieces: RefCell::new(pieces.collect()),
            window,
            protocol,
            witnesses: RefCell::default(),
        }))
    }

    /// Looks at each connection that was made.
    pub fn each_witness(&self, mut look: impl FnMut(&Witness)) {
        for witness in self.0.witnesses.borrow().iter() {
            look(&witness.borrow());
        }
    }

    /// Runs a future to its end: it never has to wait.
    pub fn run<T>(future: impl Future<Output = T>) -> T {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(future).poll(&mut context) {
            std::task::Poll::Ready(output) => output,
            std::task::Poll::Pending => panic!("the client waits for something that never comes"),
        }
    }

    fn pass(&self, deadline: Deadline) {
        self.0.now.set(self.0.now.get().max(deadline.moment()));
    }
}

impl Network for ScriptedNetwork {
    type Stream = ScriptedStream;

    async fn lookup(&self, _: &str, _: Deadline) -> Result<Vec<IpAddr>, Error> {
        Ok(vec![Ipv4Addr::LOCALHOST.into()])
    }

    async fn connect(&self, _: SocketAddr) -> Result<ScriptedStream, Error> {
        if self.0.pieces.borrow().is_empty() {
            return Err(Error::Failed("connection refused".into()));
        }
        let witness = Rc::new(RefCell::new(Witness::new(self.0.protocol)));
        self.0.witnesses.borrow_mut().push(witness.clone());
        Ok(ScriptedStream {
            network: self.clone(),
            witness,
            tls: None,
            state: State::Open,
        })
    }

    fn now(&self) -> Duration {
        self.0.now.get()
    }

    async fn sleep_until(&self, deadline: Deadline) {
        self.pass(deadline);
    }

    fn random(buffer: &mut [u8]) -> Result<(), NoRandomness> {
        FuzzPlatform::random(buffer).map_err(|_| NoRandomness)
    }

    fn unix_time() -> Duration {
        FuzzPlatform::unix_time()
    }
}

pub struct ScriptedStream {
    network: ScriptedNetwork,
    witness: Rc<RefCell<Witness>>,
    tls: Option<Box<ServerConnection>>,
    state: State,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Open,
    Closed,
    Broken,
}

impl ScriptedStream {
    /// The next piece, if the connection is open.
    fn next(&mut self) -> Read {
        match self.state {
            State::Closed => return Read::End,
            State::Broken => return Read::Broken,
            State::Open => {}
        }
        if let Some(octets) = self.handshake() {
            return Read::Bytes(octets);
        }
        let piece = self.network.0.pieces.borrow_mut().pop_front();
        match piece.as_deref() {
            None | Some(b"~") => {
                self.state = State::Closed;
                Read::End
            }
            Some(b"%") => {
                self.state = State::Broken;
                Read::Broken
            }
            Some(b"!" | b"") => Read::Nothing,
            Some([b'+', piece @ ..] | piece) => Read::Bytes(self.say(piece)),
        }
    }

    /// What the server's TLS has to say by itself.
    fn handshake(&mut self) -> Option<Vec<u8>> {
        let tls = self.tls.as_mut()?;
        let mut octets = Vec::new();
        while tls.wants_write() {
            tls.write_tls(&mut octets).ok()?;
        }
        (!octets.is_empty()).then_some(octets)
    }

    fn say(&mut self, piece: &[u8]) -> Vec<u8> {
        match &mut self.tls {
            Some(tls) if !tls.is_handshaking() => {
                self.witness.borrow_mut().hears(piece);
                tls.writer().write_all(piece).unwrap();
                self.handshake().unwrap_or_default()
            }
            // In the middle of a handshake it is noise.
            Some(_) => piece.to_vec(),
            None => {
                self.witness.borrow_mut().hears(piece);
                piece.to_vec()
            }
        }
    }

    fn hear(tls: &mut ServerConnection, mut octets: &[u8], witness: &RefCell<Witness>) {
        while !octets.is_empty() && tls.read_tls(&mut octets).is_ok_and(|count| count > 0) {
            let mut plaintext = Vec::new();
            // Its errors are alerts.
            let _ = tls.process_new_packets();
            let _ = tls.reader().read_to_end(&mut plaintext);
            witness.borrow_mut().says(&plaintext);
        }
    }
}

impl Source for ScriptedStream {
    async fn read_within(&mut self, deadline: Deadline) -> Result<Read, Error> {
        match self.next() {
            Read::Nothing => {
                self.network.pass(deadline);
                Err(Error::TimedOut)
            }
            Read::Bytes(octets) if octets.is_empty() => Ok(Read::Nothing),
            read => Ok(read),
        }
    }
}

impl Stream for ScriptedStream {
    fn local_ip(&self) -> Option<IpAddr> {
        Some(Ipv4Addr::LOCALHOST.into())
    }

    fn try_read(&mut self) -> Read {
        let pieces = self.network.0.pieces.borrow();
        let is_early = pieces.front().is_some_and(|piece| piece.starts_with(b"+"));
        drop(pieces);
        match self.state {
            State::Open if !is_early => Read::Nothing,
            _ => self.next(),
        }
    }

    fn writable_bytes(&mut self) -> Result<usize, Error> {
        match self.state {
            State::Broken => Err(Error::Disconnected),
            _ => Ok(self.network.0.window),
        }
    }

    fn write(&mut self, octets: &[u8]) -> Result<(), Error> {
        assert!(octets.len() <= self.network.0.window);
        // After the server has closed, nobody reads it.
        if self.state != State::Open {
            return Ok(());
        }
        let mut witness = self.witness.borrow_mut();
        let is_hello = octets.first() == Some(&HANDSHAKE) && witness.is_between_lines();
        if self.tls.is_none() && is_hello {
            let config = server(good_chain(), ALL_VERSIONS);
            self.tls = ServerConnection::new(config).ok().map(Box::new);
        }
        match &mut self.tls {
            None => witness.says(octets),
            Some(tls) => {
                drop(witness);
                Self::hear(tls, octets, &self.witness);
            }
        }
        Ok(())
    }

    async fn wait(&mut self, _: Interest, _: Deadline) -> Result<(), Error> {
        Ok(())
    }
}

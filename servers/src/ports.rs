//! Ports of this machine at which no connection succeeds.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// A port of 127.0.0.1 that refuses connections. It is bound, so that no other server gets it, and nobody
/// listens at it.
pub struct RefusingPort {
    port: u16,
    _socket: Socket,
}

/// A port that neither accepts nor refuses connections: the listener's queue is full, and the system drops
/// further SYNs.
pub struct UnresponsivePort {
    address: SocketAddr,
    _listener: Socket,
    _queue: Vec<TcpStream>,
}

impl RefusingPort {
    pub fn start() -> RefusingPort {
        let (socket, address) = bind(ANY_PORT);
        RefusingPort {
            port: address.port(),
            _socket: socket,
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

impl UnresponsivePort {
    /// A free port of 127.0.0.1.
    pub fn start() -> UnresponsivePort {
        UnresponsivePort::start_at(ANY_PORT)
    }

    /// Port 0 is any free one.
    pub fn start_at(address: SocketAddr) -> UnresponsivePort {
        let (listener, address) = bind(address);
        listener.listen(0).expect("it is bound");
        let connect = || TcpStream::connect_timeout(&address, NO_ANSWER).ok();
        let queue: Vec<TcpStream> = std::iter::from_fn(connect).take(MAX_QUEUE).collect();
        assert!(
            queue.len() < MAX_QUEUE,
            "the system accepts connections although the queue is full"
        );
        UnresponsivePort {
            address,
            _listener: listener,
            _queue: queue,
        }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// More connections than a queue of length 0 takes.
const MAX_QUEUE: usize = 16;

/// Loopback answers in microseconds or not at all.
const NO_ANSWER: Duration = Duration::from_millis(500);

fn bind(address: SocketAddr) -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("sockets are there");
    socket.bind(&address.into()).expect("the port is free");
    let address = socket.local_addr().expect("it is bound");
    (socket, address.as_socket().expect("an IP address"))
}

//! A port of 127.0.0.1 at which connections are neither taken nor refused.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// More than any queue of length 0 takes in.
const MOST: usize = 16;

/// Loopback answers in microseconds, or not at all.
const NO_ANSWER: Duration = Duration::from_millis(500);

/// A listener whose queue is full: the system drops what else comes.
pub struct Unanswered {
    address: SocketAddr,
    _listener: Socket,
    _queue: Vec<TcpStream>,
}

impl Unanswered {
    pub fn start() -> Unanswered {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("sockets are there");
        listener
            .bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())
            .expect("a port is free");
        listener.listen(0).expect("it is bound");
        let address = listener.local_addr().expect("it is bound");
        let address = address.as_socket().expect("an IP address");
        let connect = || TcpStream::connect_timeout(&address, NO_ANSWER).ok();
        let queue: Vec<TcpStream> = std::iter::from_fn(connect).take(MOST).collect();
        assert!(
            queue.len() < MOST,
            "the system answers whatever the queue holds"
        );
        Unanswered {
            address,
            _listener: listener,
            _queue: queue,
        }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

//! A port of 127.0.0.1 at which connections are refused.

use std::net::{Ipv4Addr, SocketAddr};

use socket2::{Domain, Socket, Type};

/// Held, so that no other server is given it, and not listened at.
pub struct Refusing {
    port: u16,
    _socket: Socket,
}

impl Refusing {
    pub fn start() -> Refusing {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("sockets are there");
        socket
            .bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())
            .expect("a port is free");
        let address = socket.local_addr().expect("it is bound");
        Refusing {
            port: address.as_socket().expect("an IP address").port(),
            _socket: socket,
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

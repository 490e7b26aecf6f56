//! A port of 127.0.0.1, to which the browser is sent back (RFC 8252, section 7.3).

use core::time::Duration;

use envoi_oauth::wasi::Timer;
use wasip2::io::streams::{InputStream, OutputStream};
use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::network::{ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress};
use wasip2::sockets::tcp::{ShutdownType, TcpSocket};
use wasip2::sockets::tcp_create_socket::create_tcp_socket;

/// Browsers open connections that they do not use: each is waited for this long.
const PATIENCE: Duration = Duration::from_secs(2);
/// Octets of a request's header.
const MAX_HEAD: usize = 16 * 1024;

pub(crate) struct Listener {
    socket: TcpSocket,
    pub port: u16,
}

/// A request. The streams are dropped before their socket.
pub(crate) struct Visit {
    /// The path and query.
    pub target: String,
    _input: InputStream,
    output: OutputStream,
    socket: TcpSocket,
}

impl Listener {
    pub(crate) fn open() -> Result<Self, String> {
        let listening = || {
            let socket = create_tcp_socket(IpAddressFamily::Ipv4)?;
            let address = Ipv4SocketAddress {
                port: 0,
                address: (127, 0, 0, 1),
            };
            let address = IpSocketAddress::Ipv4(address);
            socket.start_bind(&instance_network(), address)?;
            finish(&socket, TcpSocket::finish_bind)?;
            socket.start_listen()?;
            finish(&socket, TcpSocket::finish_listen)?;
            match socket.local_address()? {
                IpSocketAddress::Ipv4(Ipv4SocketAddress { port, .. }) => Ok(Self { socket, port }),
                IpSocketAddress::Ipv6(_) => Err(ErrorCode::InvalidState),
            }
        };
        listening().map_err(|code: ErrorCode| {
            format!("cannot listen on 127.0.0.1 ({code:?}): the host must grant it (wasmtime: -S inherit-network)")
        })
    }

    /// The next request, until `end`.
    pub(crate) fn next(&self, end: &Timer) -> Option<Visit> {
        loop {
            match self.socket.accept() {
                Ok((socket, input, output)) => {
                    if let Some(target) = read_target(&input) {
                        return Some(Visit {
                            target,
                            _input: input,
                            output,
                            socket,
                        });
                    }
                    drop((input, output, socket));
                }
                // Any other error is of one connection.
                Err(_) => {
                    if !end.wait_for(&self.socket.subscribe()) {
                        return None;
                    }
                }
            }
        }
    }
}

impl Visit {
    /// Failures are ignored: the person looks at the terminal too.
    pub(crate) fn answer(self, status: &str, words: &str) {
        let page = format!("<!doctype html><meta charset=utf-8><title>envoi</title><p>{words}\n");
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
             Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{page}",
            page.len()
        );
        let _ = self.output.blocking_write_and_flush(answer.as_bytes());
        let _ = self.socket.shutdown(ShutdownType::Send);
    }
}

fn finish(
    socket: &TcpSocket,
    step: impl Fn(&TcpSocket) -> Result<(), ErrorCode>,
) -> Result<(), ErrorCode> {
    loop {
        match step(socket) {
            Err(ErrorCode::WouldBlock) => socket.subscribe().block(),
            done => return done,
        }
    }
}

/// None if the connection brings no whole GET in time.
fn read_target(input: &InputStream) -> Option<String> {
    let end = Timer::after(PATIENCE);
    let mut head = Vec::new();
    while !head.windows(4).any(|it| it == b"\r\n\r\n") {
        if head.len() > MAX_HEAD || !end.wait_for(&input.subscribe()) {
            return None;
        }
        head.extend(input.read(MAX_HEAD as u64).ok()?);
    }
    let line = head.split(|octet| *octet == b'\r').next()?;
    let mut words = core::str::from_utf8(line).ok()?.split(' ');
    (words.next() == Some("GET"))
        .then(|| words.next())?
        .map(Into::into)
}

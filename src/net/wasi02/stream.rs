//! A TCP connection, never waited on without a deadline.

use core::net::{IpAddr, SocketAddr};
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use wasi::io::poll::Pollable;
use wasi::io::streams::{InputStream, OutputStream, StreamError};
use wasi::sockets::instance_network::instance_network;
use wasi::sockets::network::{
    ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress,
};
use wasi::sockets::tcp::{ShutdownType, TcpSocket};
use wasi::sockets::tcp_create_socket::create_tcp_socket;

use super::Deadline;
use super::timer::ReusableTimer;
use crate::net::Error;

/// Octets that one read takes at most of what a server says, which are replies: wasmtime (48) clears
/// as much memory for each read as it may bring.
const READ: u64 = 8 * 1024;
/// And of a message's source.
const READ_BULK: u64 = 64 * 1024;

/// Octets that one write hands over at most. wasmtime permits 64 KiB from 48 on, and up to 47 a GiB: it
/// keeps a copy of what the network has not taken yet, so that whoever writes all that is permitted has
/// the host hold the whole message. A block of a message is as long.
const MAX_WRITE: u64 = 64 * 1024;

/// What a read brought.
#[derive(Debug, PartialEq, Eq)]
pub enum Read {
    Bytes(Vec<u8>),
    Nothing,
    /// There is no more.
    End,
    /// It was cut off.
    Broken,
}

pub struct Socket(Rc<Streams>);

/// In the order in which they are dropped: a host traps when a stream is dropped before its events,
/// or a socket before its streams.
struct Streams {
    /// Made once, when they are first waited for.
    readable: OnceCell<Pollable>,
    writable: OnceCell<Pollable>,
    alarm: ReusableTimer,
    /// The last read brought something.
    brought: Cell<bool>,
    input: InputStream,
    output: OutputStream,
    /// None where the streams are the caller's.
    socket: Option<TcpSocket>,
}

thread_local! {
    /// What the server has not taken the last write of. wasmtime (48) waits for that, without a
    /// limit, when the stream is dropped: these are dropped once they are not stalled any more.
    static STALLED: RefCell<Vec<Rc<Streams>>> = const { RefCell::new(Vec::new()) };
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.0.is_stalled() {
            // The server is to learn of it now.
            if let Some(socket) = &self.0.socket {
                let _ = socket.shutdown(ShutdownType::Both);
            }
            STALLED.with_borrow_mut(|stalled| stalled.push(self.0.clone()));
        }
    }
}

impl Streams {
    fn readable(&self) -> &Pollable {
        self.readable.get_or_init(|| self.input.subscribe())
    }

    fn writable(&self) -> &Pollable {
        self.writable.get_or_init(|| self.output.subscribe())
    }

    fn is_stalled(&self) -> bool {
        matches!(self.output.check_write(), Ok(0))
    }
}

/// A connection under way; it is given up when this is dropped.
pub struct Connecting(TcpSocket);

impl Connecting {
    pub fn start(address: SocketAddr) -> Result<Self, Error> {
        let family = if address.is_ipv4() {
            IpAddressFamily::Ipv4
        } else {
            IpAddressFamily::Ipv6
        };
        STALLED.with_borrow_mut(|stalled| stalled.retain(|streams| streams.is_stalled()));
        let socket = create_tcp_socket(family).map_err(to_error)?;
        socket
            .start_connect(&instance_network(), to_wasi(address))
            .map_err(to_error)?;
        Ok(Self(socket))
    }

    /// The connection, itself again while there is none yet, or why there will be none.
    pub fn finish(self) -> Result<Result<Socket, Self>, Error> {
        match self.0.finish_connect() {
            Ok((input, output)) => Ok(Ok(Socket::new(input, output, Some(self.0)))),
            Err(ErrorCode::WouldBlock) => Ok(Err(self)),
            Err(code) => Err(to_error(code)),
        }
    }

    /// Ready when `finish` has more to say.
    pub fn event(&self) -> Pollable {
        self.0.subscribe()
    }
}

impl Socket {
    /// A connection that the caller has made.
    pub fn over(input: InputStream, output: OutputStream) -> Self {
        Self::new(input, output, None)
    }

    fn new(input: InputStream, output: OutputStream, socket: Option<TcpSocket>) -> Self {
        Self(Rc::new(Streams {
            readable: OnceCell::new(),
            writable: OnceCell::new(),
            alarm: ReusableTimer::default(),
            brought: Cell::new(false),
            input,
            output,
            socket,
        }))
    }

    /// The address at our end.
    pub fn local_ip(&self) -> Option<IpAddr> {
        match self.0.socket.as_ref()?.local_address().ok()? {
            IpSocketAddress::Ipv4(Ipv4SocketAddress {
                address: (a, b, c, d),
                ..
            }) => Some([a, b, c, d].into()),
            IpSocketAddress::Ipv6(Ipv6SocketAddress {
                address: (a, b, c, d, e, f, g, h),
                ..
            }) => Some([a, b, c, d, e, f, g, h].into()),
        }
    }

    /// What has arrived, without waiting.
    pub fn read(&self) -> Read {
        let read = take(&self.0.input, READ);
        self.0.brought.set(matches!(read, Read::Bytes(_)));
        read
    }

    /// What arrives until `deadline`; it may be nothing before. Each look is a call of the host. After
    /// a read that brought something wasmtime (48) takes the stream for ready until one has brought
    /// nothing: then looking first is one call, and waiting first two.
    pub fn read_within(&self, deadline: Deadline) -> Result<Read, Error> {
        if self.0.brought.get()
            && let read = self.read()
            && read != Read::Nothing
        {
            return Ok(read);
        }
        self.0.alarm.wait(deadline, &[self.0.readable()])?;
        Ok(self.read())
    }

    /// Octets that the next `write` takes: what the host permits, and no more than `MAX_WRITE`.
    pub fn permitted(&self) -> Result<usize, Error> {
        match self.0.output.check_write() {
            Ok(octets) => Ok(octets.min(MAX_WRITE) as usize),
            Err(StreamError::Closed | StreamError::LastOperationFailed(_)) => {
                Err(Error::Disconnected)
            }
        }
    }

    /// Writes `bytes`, of which there are no more than `permitted`.
    pub fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        self.0.output.write(bytes).map_err(|_| Error::Disconnected)
    }

    /// Writes all of `bytes`.
    pub fn write_all(&self, mut bytes: &[u8], deadline: Deadline) -> Result<(), Error> {
        while !bytes.is_empty() {
            match self.permitted()? {
                0 => self.0.alarm.wait(deadline, &[self.0.writable()])?,
                octets => {
                    let (piece, rest) = bytes.split_at(octets.min(bytes.len()));
                    self.write(piece)?;
                    bytes = rest;
                }
            }
        }
        Ok(())
    }

    /// Waits until `write` may take more, or there may be something to read.
    pub fn wait_to_write_or_read(&self, deadline: Deadline) -> Result<(), Error> {
        let events = [self.0.writable(), self.0.readable()];
        self.0.alarm.wait(deadline, &events)
    }
}

/// What a message's source has, without waiting.
pub fn read(source: &InputStream) -> Read {
    take(source, READ_BULK)
}

fn take(stream: &InputStream, most: u64) -> Read {
    match stream.read(most) {
        Ok(bytes) if bytes.is_empty() => Read::Nothing,
        Ok(bytes) => Read::Bytes(bytes),
        Err(StreamError::Closed) => Read::End,
        Err(StreamError::LastOperationFailed(_)) => Read::Broken,
    }
}

/// Waits until `read` may have something.
pub fn wait_to_read(stream: &InputStream, deadline: Deadline) -> Result<(), Error> {
    deadline.wait(&[&stream.subscribe()])
}

fn to_error(code: ErrorCode) -> Error {
    match code {
        ErrorCode::AccessDenied => Error::Denied,
        ErrorCode::Timeout => Error::TimedOut,
        code => Error::Failed(code.name().replace('-', " ")),
    }
}

fn to_wasi(address: SocketAddr) -> IpSocketAddress {
    match address {
        SocketAddr::V4(v4) => IpSocketAddress::Ipv4(Ipv4SocketAddress {
            port: v4.port(),
            address: v4.ip().octets().into(),
        }),
        SocketAddr::V6(v6) => IpSocketAddress::Ipv6(Ipv6SocketAddress {
            port: v6.port(),
            flow_info: v6.flowinfo(),
            address: v6.ip().segments().into(),
            scope_id: v6.scope_id(),
        }),
    }
}

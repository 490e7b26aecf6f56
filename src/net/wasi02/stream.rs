//! TCP connections.

use core::net::{IpAddr, SocketAddr};
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use wasi::io::streams::{InputStream, OutputStream, StreamError};
use wasi::sockets::instance_network::instance_network;
use wasi::sockets::network::{
    ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress,
};
use wasi::sockets::tcp::{ShutdownType, TcpSocket};
use wasi::sockets::tcp_create_socket::create_tcp_socket;

use super::executor::{Event, first};
use super::timer::ReusableTimer;
use crate::net::{Deadline, Error, Interest, Read, Source, Stream};

/// Octets that one read takes at most from a server, which sends replies: wasmtime (48) clears as much memory
/// for each read as it may bring.
const READ: u64 = 8 * 1024;
/// Octets that one read takes at most from the source of a message.
const READ_BULK: u64 = 64 * 1024;

/// Octets that one write hands over at most; a block of a message is as long. wasmtime permits 64 KiB from 48
/// on, and up to 47 a GiB: it copies all octets that the network has not taken yet, so that a client that writes
/// as much as is permitted has the host hold the whole message.
const MAX_WRITE: u64 = 64 * 1024;

thread_local! {
    /// Streams whose last write the server has not taken. wasmtime (48) waits for that, without a limit, when
    /// the stream is dropped: these are dropped once they are no longer stalled.
    static STALLED: RefCell<Vec<Rc<Streams>>> = const { RefCell::new(Vec::new()) };
}

/// A TCP connection of WASI 0.2, or a pair of streams that the caller has.
pub struct WasiStream(Rc<Streams>);

/// In the order in which they are dropped: a host traps when a stream is dropped before its events,
/// or a socket before its streams.
struct Streams {
    /// Made once, when they are first waited for.
    readable: OnceCell<Event>,
    writable: OnceCell<Event>,
    timer: ReusableTimer,
    /// Whether the last read brought something.
    brought: Cell<bool>,
    input: InputStream,
    output: OutputStream,
    /// `None` if the streams are the caller's.
    socket: Option<TcpSocket>,
}

impl WasiStream {
    /// A connection that the caller has made.
    pub fn over(input: InputStream, output: OutputStream) -> Self {
        Self::new(input, output, None)
    }

    fn new(input: InputStream, output: OutputStream, socket: Option<TcpSocket>) -> Self {
        Self(Rc::new(Streams {
            readable: OnceCell::new(),
            writable: OnceCell::new(),
            timer: ReusableTimer::default(),
            brought: Cell::new(false),
            input,
            output,
            socket,
        }))
    }

    pub(super) async fn connect(address: SocketAddr) -> Result<Self, Error> {
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
        let connected = Event::new(socket.subscribe());
        loop {
            first(&[&connected]).await;
            match socket.finish_connect() {
                Ok((input, output)) => {
                    drop(connected);
                    return Ok(Self::new(input, output, Some(socket)));
                }
                Err(ErrorCode::WouldBlock) => {}
                Err(code) => return Err(to_error(code)),
            }
        }
    }
}

impl Source for WasiStream {
    /// Each look is a host call. After a read that brought something wasmtime (48) takes the stream for ready
    /// until a read has brought nothing: then looking first is one call, and waiting first two.
    async fn read_within(&mut self, deadline: Deadline) -> Result<Read, Error> {
        if self.0.brought.get()
            && let read = self.try_read()
            && read != Read::Nothing
        {
            return Ok(read);
        }
        let streams = &self.0;
        streams.timer.wait(deadline, &[streams.readable()]).await?;
        Ok(self.try_read())
    }
}

impl Stream for WasiStream {
    fn local_ip(&self) -> Option<IpAddr> {
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

    fn try_read(&mut self) -> Read {
        let read = read(&self.0.input, READ);
        self.0.brought.set(matches!(read, Read::Bytes(_)));
        read
    }

    fn writable_bytes(&mut self) -> Result<usize, Error> {
        match self.0.output.check_write() {
            Ok(octets) => Ok(octets.min(MAX_WRITE) as usize),
            Err(StreamError::Closed | StreamError::LastOperationFailed(_)) => {
                Err(Error::Disconnected)
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.0.output.write(bytes).map_err(|_| Error::Disconnected)
    }

    async fn wait(&mut self, interest: Interest, deadline: Deadline) -> Result<(), Error> {
        let streams = &self.0;
        let events: &[&Event] = match interest {
            Interest::Write => &[streams.writable()],
            Interest::ReadOrWrite => &[streams.writable(), streams.readable()],
        };
        streams.timer.wait(deadline, events).await
    }
}

impl Drop for WasiStream {
    fn drop(&mut self) {
        if self.0.is_stalled() {
            // Tells the server now.
            if let Some(socket) = &self.0.socket {
                let _ = socket.shutdown(ShutdownType::Both);
            }
            STALLED.with_borrow_mut(|stalled| stalled.push(self.0.clone()));
        }
    }
}

impl Streams {
    fn readable(&self) -> &Event {
        self.readable
            .get_or_init(|| Event::new(self.input.subscribe()))
    }

    fn writable(&self) -> &Event {
        self.writable
            .get_or_init(|| Event::new(self.output.subscribe()))
    }

    fn is_stalled(&self) -> bool {
        matches!(self.output.check_write(), Ok(0))
    }
}

/// The source of a message.
impl Source for &InputStream {
    async fn read_within(&mut self, deadline: Deadline) -> Result<Read, Error> {
        match read(self, READ_BULK) {
            Read::Nothing => {
                let readable = Event::new(self.subscribe());
                ReusableTimer::default()
                    .wait(deadline, &[&readable])
                    .await?;
                Ok(read(self, READ_BULK))
            }
            read => Ok(read),
        }
    }
}

fn read(stream: &InputStream, most: u64) -> Read {
    match stream.read(most) {
        Ok(bytes) if bytes.is_empty() => Read::Nothing,
        Ok(bytes) => Read::Bytes(bytes),
        Err(StreamError::Closed) => Read::End,
        Err(StreamError::LastOperationFailed(_)) => Read::Broken,
    }
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

//! A TCP connection, and streams of the component model.

use core::future::poll_fn;
use core::net::{IpAddr, SocketAddr};
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};

use wit_bindgen::{FutureReader, StreamReader, StreamResult, StreamWriter};
use zeroize::Zeroize;

use super::bindings::wit_stream;
use super::timer::within;
use super::wasi::sockets::types::{
    ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress, TcpSocket,
};
use crate::net::{Deadline, Error, Interest, Read, Source, Stream};

/// The most octets of one read: several replies, and each read allocates so many.
const READ: usize = 16 * 1024;

/// The most octets of one read of a message.
const READ_BULK: usize = 64 * 1024;

/// The most octets of one write, which takes a copy of them.
const MAX_WRITE: usize = 64 * 1024;

/// A write that is no longer is wiped: without TLS, it may be the line of AUTH (RFC 4954, section 4). Blocks of
/// messages are longer.
const MAX_SECRET: usize = 16 * 1024;

/// A TCP connection of WASI 0.3.
///
/// Nothing is read between calls: a read that is pending belongs to the task that began it, and that task could
/// not end before.
pub struct Wasi03Stream {
    reader: StreamReader<u8>,
    end: End,
    /// It came while a write was waited for.
    received: Option<Read>,
    sender: Sender,
    /// Dropped last: that closes the connection.
    socket: TcpSocket,
}

/// A write takes the writer, and gives it back unless the other end is gone.
type Writing = Pin<Box<dyn Future<Output = Option<StreamWriter<u8>>>>>;

/// Tells why the reader ended. A reader that has ended must not be read again: that is a trap.
struct End(Option<FutureReader<Result<(), ErrorCode>>>);

enum Sender {
    Idle(StreamWriter<u8>),
    Writing(Writing),
    Closed,
}

impl Wasi03Stream {
    pub(super) async fn connect(address: SocketAddr) -> Result<Self, Error> {
        let family = if address.is_ipv4() {
            IpAddressFamily::Ipv4
        } else {
            IpAddressFamily::Ipv6
        };
        let socket = TcpSocket::create(family).map_err(to_error)?;
        let connected = socket.connect(to_wasi(address)).await;
        connected.map_err(to_error)?;
        let (writer, content) = wit_stream::new();
        // How writing ended shows in the writer too.
        drop(socket.send(content));
        let (reader, end) = socket.receive();
        Ok(Self {
            reader,
            end: End(Some(end)),
            received: None,
            sender: Sender::Idle(writer),
            socket,
        })
    }
}

impl End {
    fn has_come(&self) -> bool {
        self.0.is_none()
    }

    fn read_of(&mut self, result: StreamResult, octets: Vec<u8>) -> Read {
        match result {
            _ if !octets.is_empty() => Read::Bytes(octets),
            StreamResult::Complete(_) | StreamResult::Cancelled => Read::Nothing,
            StreamResult::Dropped => self.read(),
        }
    }

    fn read(&mut self) -> Read {
        let Some(end) = self.0.take() else {
            return Read::End;
        };
        match poll_once(pin!(end.into_future())) {
            Poll::Ready(Err(_)) => Read::Broken,
            Poll::Ready(Ok(())) | Poll::Pending => Read::End,
        }
    }
}

impl Source for Wasi03Stream {
    async fn read_within(&mut self, deadline: Deadline) -> Result<Read, Error> {
        if let Some(read) = self.received.take() {
            return Ok(read);
        }
        if self.end.has_come() {
            return Ok(Read::End);
        }
        let (result, octets) = within(deadline, self.reader.read(Vec::with_capacity(READ))).await?;
        Ok(self.end.read_of(result, octets))
    }
}

impl Stream for Wasi03Stream {
    fn local_ip(&self) -> Option<IpAddr> {
        match self.socket.get_local_address().ok()? {
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
        if let Some(read) = self.received.take() {
            return read;
        }
        if self.end.has_come() {
            return Read::End;
        }
        let mut reading = pin!(self.reader.read(Vec::with_capacity(READ)));
        let (result, octets) = match poll_once(reading.as_mut()) {
            Poll::Ready(read) => read,
            Poll::Pending => reading.as_mut().cancel(),
        };
        self.end.read_of(result, octets)
    }

    fn writable_bytes(&mut self) -> Result<usize, Error> {
        match self
            .sender
            .poll_idle(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(idle) => idle.map(|()| MAX_WRITE),
            Poll::Pending => Ok(0),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Sender::Idle(mut writer) = core::mem::replace(&mut self.sender, Sender::Closed) else {
            return Err(Error::Disconnected);
        };
        let bytes = bytes.to_vec();
        self.sender = Sender::Writing(Box::pin(async move {
            let mut rest = writer.write_all(bytes).await;
            let is_written = rest.is_empty();
            if rest.capacity() <= MAX_SECRET {
                rest.zeroize();
            }
            is_written.then_some(writer)
        }));
        self.writable_bytes().map(drop)
    }

    async fn wait(&mut self, interest: Interest, deadline: Deadline) -> Result<(), Error> {
        let Self {
            reader,
            end,
            sender,
            received,
            ..
        } = self;
        if interest == Interest::Write || received.is_some() {
            return within(deadline, poll_fn(|context| sender.poll_idle(context))).await?;
        }
        if end.has_come() {
            return Ok(());
        }
        let mut reading = pin!(reader.read(Vec::with_capacity(READ)));
        let mut read = None;
        let either = poll_fn(|context| {
            if let Poll::Ready(done) = reading.as_mut().poll(context) {
                read = Some(done);
                return Poll::Ready(Ok(()));
            }
            sender.poll_idle(context)
        });
        let waited = within(deadline, either).await;
        // What has arrived by now must not be lost.
        let (result, octets) = read.unwrap_or_else(|| reading.as_mut().cancel());
        *received = match end.read_of(result, octets) {
            Read::Nothing => None,
            read => Some(read),
        };
        waited?
    }
}

impl Sender {
    /// Whether the last write is complete.
    fn poll_idle(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if let Self::Writing(writing) = self {
            let Poll::Ready(writer) = writing.as_mut().poll(context) else {
                return Poll::Pending;
            };
            *self = writer.map_or(Self::Closed, Self::Idle);
        }
        Poll::Ready(match self {
            Self::Closed => Err(Error::Disconnected),
            Self::Idle(_) | Self::Writing(_) => Ok(()),
        })
    }
}

/// The source of a message.
impl Source for &mut StreamReader<u8> {
    async fn read_within(&mut self, deadline: Deadline) -> Result<Read, Error> {
        let (result, octets) = within(deadline, self.read(Vec::with_capacity(READ_BULK))).await?;
        Ok(match result {
            _ if !octets.is_empty() => Read::Bytes(octets),
            StreamResult::Complete(_) | StreamResult::Cancelled => Read::Nothing,
            StreamResult::Dropped => Read::End,
        })
    }
}

fn poll_once<T>(future: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn to_error(code: ErrorCode) -> Error {
    let words = match code {
        ErrorCode::AccessDenied => return Error::Denied,
        ErrorCode::Timeout => return Error::TimedOut,
        ErrorCode::NotSupported => "not supported",
        ErrorCode::InvalidArgument => "invalid argument",
        ErrorCode::OutOfMemory => "out of memory",
        ErrorCode::InvalidState => "invalid state",
        ErrorCode::AddressNotBindable => "address not bindable",
        ErrorCode::AddressInUse => "address in use",
        ErrorCode::RemoteUnreachable => "remote unreachable",
        ErrorCode::ConnectionRefused => "connection refused",
        ErrorCode::ConnectionBroken => "connection broken",
        ErrorCode::ConnectionReset => "connection reset",
        ErrorCode::ConnectionAborted => "connection aborted",
        ErrorCode::DatagramTooLarge => "datagram too large",
        ErrorCode::Other(why) => return Error::Failed(why.unwrap_or_else(|| "unknown".into())),
    };
    Error::Failed(words.into())
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

//! The trait [`Network`]: all that the driver needs of the world outside.

use core::net::{IpAddr, SocketAddr};
use core::time::Duration;
use std::error;
use std::fmt;

use super::Deadline;

/// TCP, name lookup, clocks and randomness. A clone is the same network.
pub trait Network: Clone + 'static {
    /// A connection, which dropping closes.
    type Stream: Stream;

    /// The addresses of a DNS name, in the order that the resolver prefers.
    fn lookup(
        &self,
        name: &str,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Vec<IpAddr>, Error>>;

    /// One TCP connection to one address. Whoever drops the future gives the attempt up.
    fn connect(&self, address: SocketAddr) -> impl Future<Output = Result<Self::Stream, Error>>;

    /// The time on a clock that never goes back.
    fn now(&self) -> Duration;

    /// Returns at once if `deadline` has passed.
    fn sleep_until(&self, deadline: Deadline) -> impl Future<Output = ()>;

    /// Fills all of `buffer` with octets fit for keys. A function without a `self`, as [`crate::tls::Platform`]
    /// wants it.
    fn random(buffer: &mut [u8]) -> Result<(), NoRandomness>;

    /// The time since 1970-01-01 00:00:00 UTC. Without a `self`, as [`Network::random`].
    fn unix_time() -> Duration;
}

/// Something to read from.
pub trait Source {
    /// Returns the octets that have arrived, or waits for some until `deadline`. It may return [`Read::Nothing`]
    /// before.
    fn read_within(&mut self, deadline: Deadline) -> impl Future<Output = Result<Read, Error>>;
}

/// A TCP connection. Nothing here waits without a deadline.
pub trait Stream: Source {
    /// The address at our end.
    fn local_ip(&self) -> Option<IpAddr>;

    /// Returns the octets that have arrived, without waiting.
    fn try_read(&mut self) -> Read;

    /// The octets that the next `write` takes: 0 until the network has taken the last write.
    fn writable_bytes(&mut self) -> Result<usize, Error>;

    /// Writes all of `bytes`, which are no more than `writable_bytes` said, without waiting.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Error>;

    /// Waits for `interest` until `deadline`. It may return before.
    fn wait(
        &mut self,
        interest: Interest,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), Error>>;
}

/// What to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// `write` takes more.
    Write,
    /// `write` takes more, or there is something to read.
    ReadOrWrite,
}

/// What a read brought.
#[derive(Debug, PartialEq, Eq)]
pub enum Read {
    /// At least one octet, in the order of arrival.
    Bytes(Vec<u8>),
    /// Nothing has arrived yet.
    Nothing,
    /// The other end has closed.
    End,
    /// The connection is broken.
    Broken,
}

/// Why an operation of the network failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The host does not grant it.
    Denied,
    /// The deadline passed.
    TimedOut,
    /// The connection is gone.
    Disconnected,
    /// In words, such as "connection refused".
    Failed(String),
}

impl Error {
    pub(super) fn no_such_name() -> Self {
        Self::Failed("no such name, or it has no address".into())
    }

    pub(super) fn resolver_fails() -> Self {
        Self::Failed("the resolver fails at the moment: try later".into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Denied => "the host denies it",
            Self::TimedOut => "no answer in time",
            Self::Disconnected => "disconnected",
            Self::Failed(why) => why,
        })
    }
}

impl error::Error for Error {}

/// The host gave fewer random octets than it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRandomness;

//! The way to the server: names, TCP, time, over WASI 0.2. Nothing here knows what is sent.

mod happy_eyeballs;
mod wasi02;

pub use happy_eyeballs::{dial, interleave};
pub use wasi02::{
    Connecting, Deadline, InputStream, NoRandomness, OutputStream, Read, Socket, lookup, now,
    random, read, unix_time, wait_to_read,
};

/// Why the network did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
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

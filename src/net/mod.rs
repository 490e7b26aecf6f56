//! The way to the server: names, TCP, time, over WASI 0.2. Nothing here knows what is sent.

mod clock;
mod dial;
mod entropy;
mod lookup;
mod socket;

pub use clock::{Deadline, now, unix_time};
pub use dial::{dial, interleave};
pub use entropy::{NoRandomness, random};
pub use lookup::lookup;
pub use socket::{Read, Socket, read, wait_to_read};
pub use wasip2::io::streams::{InputStream, OutputStream};

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

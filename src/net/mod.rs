//! Network I/O, clocks and randomness behind one trait, [`Network`]; and Happy Eyeballs (RFC 8305) over it.
//!
//! ```text
//!   Network --lookup---> addresses --Happy Eyeballs--> Stream     a TCP connection: read, write, wait
//!      |                                                  |
//!      +-- now, sleep_until, random, unix_time            +------ Source: read, wait
//! ```
//!
//! [`Wasi`] is the network of WASI 0.2, `Wasi03` that of WASI 0.3. Nothing here knows SMTP or TLS.

mod deadline;
mod happy_eyeballs;
mod network;
mod random;
mod reading;
mod wasi02;
#[cfg(feature = "wasi03")]
pub(crate) mod wasi03;

pub use deadline::Deadline;
pub(crate) use happy_eyeballs::{connect, interleave};
pub use network::{Error, Interest, Network, NoRandomness, Read, Source, Stream};
pub(crate) use reading::read_something;
pub use wasi02::{Wasi, WasiStream, block_on};
#[cfg(feature = "wasi03")]
pub use wasi03::{Wasi03, Wasi03Stream};

/// Addresses taken of one lookup; more are not tried.
const MAX_ADDRESSES: usize = 16;

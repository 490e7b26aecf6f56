//! The network of WASI 0.2.

mod lookup;
mod random;
mod stream;
mod timer;

pub use lookup::lookup;
pub use random::{NoRandomness, random};
pub use stream::{Connecting, Read, Socket, read, wait_to_read};
pub use timer::{Deadline, now, unix_time};
pub use wasi::io::streams::{InputStream, OutputStream};

//! What every client is measured at.

use bench::lines::lines;
use wasmtime::Result;

/// Octets of the message whose throughput is measured.
pub const BULK: usize = 100_000_000;
/// It is sent in such pieces.
pub const PIECE: usize = 1_000_000;

pub fn piece() -> Vec<u8> {
    lines(PIECE)
}

/// From the connection's begin to the end of QUIT, in three ways: EHLO and no more.
pub trait Client {
    /// All sessions; what follows is over TLS unless it says otherwise.
    fn forget(&mut self) -> Result<()>;
    fn without_tls(&mut self) -> Result<()>;
    /// After `forget`.
    fn full(&mut self) -> Result<()>;
    /// With a ticket of the connection before.
    fn resumed(&mut self) -> Result<()>;
    /// Sends `BULK` octets over TLS with ChaCha20-Poly1305.
    fn bulk(&mut self) -> Result<()>;
    fn bulk_without_tls(&mut self) -> Result<()>;
}

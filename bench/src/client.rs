//! The measurements of every client.

use bench::lines::lines;
use wasmtime::Result;

/// The size in octets of the message that measures throughput.
pub(crate) const BULK: usize = 100_000_000;
/// The size of the pieces of that message.
pub(crate) const PIECE: usize = 1_000_000;

pub(crate) fn piece() -> Vec<u8> {
    lines(PIECE)
}

/// Each connection is measured from its start to the end of QUIT, with EHLO and no message.
pub(crate) trait Client {
    /// Discards the TLS sessions. Connections use TLS unless the method says otherwise.
    fn forget_sessions(&mut self) -> Result<()>;
    fn without_tls(&mut self) -> Result<()>;
    /// Called after `forget_sessions`.
    fn full_handshake(&mut self) -> Result<()>;
    /// Uses a ticket of the connection before.
    fn resumed_handshake(&mut self) -> Result<()>;
    /// Sends `BULK` octets over TLS with ChaCha20-Poly1305.
    fn bulk(&mut self) -> Result<()>;
    fn bulk_without_tls(&mut self) -> Result<()>;
}

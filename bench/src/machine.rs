//! What the figures hold for.

use std::fs;

use crate::server::Server;

/// A sentence.
pub fn describe(server: &Server) -> String {
    // Where the system tells it otherwise, or not at all, the processor has no name.
    let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = about
        .lines()
        .find(|line| line.starts_with("model name"))
        .and_then(|line| line.split(':').nth(1))
        .map_or("a processor without a name", str::trim);
    format!(
        "{processor}, {}; wasmtime 48; {} as the server, a chain of two certificates of ECDSA P-256, \
         X25519, TLS 1.3, ChaCha20-Poly1305.",
        std::env::consts::OS,
        server.version,
    )
}

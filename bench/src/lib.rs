//! The parts that all benchmarks share. `src/main.rs` measures TLS (`cargo xtask bench tls`),
//! `src/bin/mail` measures mail against other clients, and `src/bin/arithmetic.rs` measures cryptographic
//! operations.

pub mod async_host;
pub mod host;
pub mod host_calls;
pub mod lines;
pub mod machine;
pub mod page;
pub mod peer;
pub mod stats;

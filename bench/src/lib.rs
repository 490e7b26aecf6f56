//! The parts that all benchmarks share. `src/main.rs` measures TLS (`cargo xtask bench tls`),
//! `src/bin/mail` measures mail against other clients, and `src/bin/arithmetic.rs` measures cryptographic
//! operations.

pub mod host;
pub mod lines;
pub mod machine;
pub mod page;
pub mod peer;
pub mod stats;

//! An SMTP client as a WebAssembly component.
//!
//! ```text
//!             wit/                      what a caller sees
//!              |
//!        src/component.rs               WIT types <-> ours
//!              |
//!   src/{mailer,client,message}.rs      configuration, kept connection, one-call send; a session
//!              |                        command by command; a message in pieces
//!        src/handle.rs                  a connection that these share
//!              |
//!       src/connection.rs               the only loop: session x tls x socket
//!       /        |       \
//!  src/smtp/  src/tls/  src/net/        pure | pure | WASI sockets, name lookup, clocks
//!      |
//!  src/sasl/                            mechanisms: step in, step out
//! ```
//!
//! Dependencies point down. `smtp/`, `sasl/` and `tls/` do no I/O, read no clock and draw no
//! randomness: `tests/layers.rs` holds them to that.
//!
//! As a component it exports `envoi:mail/smtp`. A Rust guest may also link the crate, with
//! `default-features = false` so that the guest exports nothing of it, and use [`Mailer`].

mod client;
#[cfg(feature = "component")]
mod component;
mod connection;
mod handle;
mod mailer;
mod message;
mod net;
pub mod sasl;
pub mod smtp;
mod timeouts;
pub mod tls;
mod transcript;
mod url;

pub use client::{AuthStep, Client};
pub use mailer::Mailer;
pub use message::Message;
pub use timeouts::Timeout;
pub use transcript::TranscriptLine;

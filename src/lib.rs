//! An SMTP client as a WebAssembly component.
//!
//! ```text
//!             wit/                      the interface
//!              |
//!        src/component.rs               converts the interface's types
//!              |
//!          src/pool.rs                  many messages at the same time (feature `pool`)
//!              |
//!   src/{mailer,client,message}.rs      configuration and connection reuse; a session command by command;
//!              |                        a message in pieces
//!     src/shared_connection.rs          a connection that these share
//!              |
//!       src/connection.rs               the driver: the only loop, between session, TLS and network
//!       /        |       \
//!  src/smtp/  src/tls/  src/net/        pure | pure | the network trait, Happy Eyeballs, WASI 0.2, WASI 0.3
//!      |
//!  src/sasl/                            mechanisms: step in, step out
//! ```
//!
//! Dependencies point down. `smtp/`, `sasl/` and `tls/` do no I/O, read no clock and draw no
//! randomness: `tests/layers.rs` holds them to that.
//!
//! As a component it exports the interfaces of `wit/`. A Rust guest may also link the crate, with
//! `default-features = false` so that the guest exports nothing of it, and use [`Mailer`]. Its methods are
//! `async`: [`block_on`] runs them over WASI 0.2.
//!
//! ```no_run
//! # use envoi::{Mailer, block_on, smtp::error::Error, smtp::parameters::Options};
//! # fn main() -> Result<(), Error> {
//! let mut mailer = Mailer::from_url("smtps://user:password@mail.example.org")?;
//! let recipients = ["you@example.org".into()];
//! let message = b"From: me@example.org\r\nSubject: hello\r\n\r\nHello.\r\n";
//! let options = Options::default();
//! let message = mailer.outgoing_message(Some("me@example.org"), &recipients, message, &options)?;
//! let receipt = block_on(mailer.send(&message))?;
//! # Ok(())
//! # }
//! ```
//!
//! Over another network, implement [`net::Network`] and start with [`Mailer::over`].

#![warn(missing_docs)]

mod client;
#[cfg(any(feature = "component", feature = "component-p3", feature = "composer"))]
mod component;
mod connection;
mod host;
mod mailer;
mod message;
pub mod net;
#[cfg(feature = "pool")]
mod pool;
pub mod sasl;
mod shared_connection;
pub mod smtp;
mod timeouts;
pub mod tls;
mod transcript;
mod url;

pub use envoi_message::{compose, dkim};

pub use client::AuthStep;
pub use client::Client;
pub use mailer::Mailer;
pub use message::Message;
pub use net::block_on;
#[cfg(feature = "pool")]
pub use pool::{DEFAULT_CONNECTIONS, MAX_CONNECTIONS, Pool, PooledMessage};
pub use timeouts::Timeout;
pub use transcript::TranscriptLine;

//! Real SMTP servers on loopback: Postfix, Exim, smtp-server and aiosmtpd.
//!
//! ```no_run
//! use servers::{authority::Authority, real::{Kind, RealServer, prepare}};
//!
//! let authority = Authority::new();
//! prepare(Kind::Postfix)?;
//! let server = RealServer::start(Kind::Postfix, &authority.issue(&["localhost", "127.0.0.1"]))?;
//! // … send a message to server.port (STARTTLS) or server.tls_port (implicit TLS) …
//! let stored = server.wait_for(1)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Installed** is below `target/servers/`, once: Debian's packages of Postfix and Exim and what
//! they need, downloaded by apt and unpacked, never installed; smtp-server by npm; aiosmtpd by
//! pip. Nothing else of the machine changes.
//!
//! **Run** from a folder of its own, each on ports of its own, so that many run at once. Postfix
//! and Exim see that folder as /mnt in mount and PID namespaces of their own, where their packages
//! lie over /usr, the users they expect exist, and DNS leads nowhere.
//!
//! **Stopped** by the end of its standard input: when the value is dropped, and also when the test
//! dies without dropping it. The kernel ends all that ran in the namespace. Dropping removes the
//! folder too.
//!
//! All accept mail to any address of example.test, with or without authentication, and refuse
//! [`REJECTED`] with 550, [`LATER`] with 450, other domains with 554 or 550, and more than
//! [`SIZE_LIMIT`] octets. They authenticate before TLS as well, so that it is the client that
//! decides to refrain.

mod aiosmtpd;
mod debian;
mod exim;
mod instance;
mod kind;
mod namespace;
mod overview;
mod postfix;
mod prepare;
mod recipe;
mod server;
mod smtp_server;
mod tool;

pub use kind::Kind;
pub use overview::overview;
pub use prepare::{Unavailable, prepare};
pub use server::RealServer;

/// The one user.
pub const USER: &str = "user@example.test";
/// Has what is easily broken in configurations, URLs and SASL alike.
pub const PASSWORD: &str = r#"pa ss"w\ord"#;
/// Refused with 550, for good.
pub const REJECTED: &str = "rejected@example.test";
/// Refused with 450, for now.
pub const LATER: &str = "later@example.test";
/// 30 MB: what SIZE announces.
pub const SIZE_LIMIT: usize = 30 << 20;

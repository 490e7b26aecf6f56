//! Real SMTP servers on loopback: Postfix, Exim, smtp-server and aiosmtpd; Haraka, chasquid, Courier and
//! sendmail, which few clients are tried against; and the LMTP servers of Dovecot and of Cyrus IMAP.
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
//! **Installed** is below `target/setup/`, once: Debian's packages of Postfix, Exim, Dovecot, chasquid,
//! Courier and sendmail and what they need, downloaded by apt and unpacked, never installed; smtp-server and Haraka
//! by npm; aiosmtpd by pip. Nothing else of the machine changes.
//!
//! **Run** from a folder of its own, each on ports of its own, so that many run at once. Debian's
//! see that folder as /mnt in mount and PID namespaces of their own, where their packages lie over
//! /usr, the users they expect exist, and DNS leads nowhere.
//!
//! **Stopped** by the end of its standard input: when the value is dropped, and also when the test
//! dies without dropping it. The kernel ends all that ran in the namespace. Dropping removes the
//! folder too.
//!
//! Those that speak SMTP accept mail to any address of example.test, with or without
//! authentication, and refuse [`REJECTED`] with 550, [`DEFERRED`] with 450, other domains with 5yz, and
//! more than [`SIZE_LIMIT`] octets. They authenticate before TLS as well, so that it is the
//! client that decides to refrain. Exim authenticates by the certificate of a client, too, where the
//! authority that issued its own did. chasquid and Courier accept mail to what [`tagged_address`] gives; what
//! they and Haraka do otherwise stands with each.
//!
//! Dovecot's LMTP server accepts mail to [`USER`] and [`HASHED`], and refuses [`OVER_QUOTA`] after the
//! message with 552, [`DEFERRED`] before it with 451, and all others before it with 550. Cyrus IMAP's wants
//! [`USER`] to authenticate, who is the only one that mail is sent to there.
//!
//! [`gnutls_serv`] is installed the same way, and [`go_tls_server`] compiled; both speak TLS alone.

mod aiosmtpd;
mod chasquid;
mod courier;
mod cyrus;
mod cyrus_imapd;
mod dovecot;
mod exim;
mod gnutls;
mod go;
mod haraka;
mod instance;
mod kind;
mod namespace;
mod overview;
mod postfix;
mod postfix_dovecot;
mod prepare;
mod sendmail;
mod server;
mod smtp_server;
mod spec;
mod token;

pub use gnutls::gnutls_serv;
pub use go::go_tls_server;
pub use kind::Kind;
pub use overview::overview;
pub use prepare::{Unavailable, prepare};
pub use server::RealServer;
pub use token::token;

/// An address of the one user's, one of many: with a tag, as all servers here take it that take only those
/// who exist.
pub fn tagged_address(kind: Kind, tag: &str) -> String {
    let separator = if kind == Kind::Courier { '-' } else { '+' };
    USER.replace('@', &format!("{separator}{tag}@"))
}

/// The one user.
pub const USER: &str = "user@example.test";
/// Has what is easily broken in configurations, URLs and SASL alike.
pub const PASSWORD: &str = r#"pa ss"w\ord"#;
/// Refused with 550, for good.
pub const REJECTED: &str = "rejected@example.test";
/// Refused with 450, for now.
pub const DEFERRED: &str = "later@example.test";
/// Dovecot refuses what is sent to it, which only the message's octets tell.
pub const OVER_QUOTA: &str = "full@example.test";
/// Has the same [`PASSWORD`] as [`USER`], of which Dovecot keeps a hash that only PLAIN and LOGIN can be
/// checked against.
pub const HASHED: &str = "hashed@example.test";
/// 30 MB: what SIZE announces.
pub const SIZE_LIMIT: usize = 30 << 20;
/// Recipients that Exim takes in a transaction, as its LIMITS announce.
pub const RECIPIENTS_LIMIT: usize = 5;
/// Recipients that Postfix takes in a transaction, which it does not announce: those behind get 452.
pub const UNANNOUNCED_LIMIT: usize = 100;
/// Transactions that Exim takes over a connection.
pub const TRANSACTIONS_LIMIT: usize = 40;

//! Real servers on loopback. SMTP: Postfix, Exim, smtp-server, aiosmtpd, Haraka, chasquid, Courier and
//! sendmail. LMTP: Dovecot and Cyrus IMAP. Submission: Dovecot. OAuth 2.0: oidc-provider, which
//! [`authorisation`] has.
//!
//! To add a server: write its `ServerSpec` in `real/<server>.rs`, add a [`Kind`], and run its checks in
//! `host-tests/tests/real/main.rs`.
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
//! **Installation** goes below `target/setup/` and happens once. apt downloads Debian's packages
//! (Postfix, Exim, Dovecot, chasquid, Courier, sendmail and their dependencies), which are unpacked but
//! not installed; npm installs smtp-server, Haraka and oidc-provider, and pip aiosmtpd. Nothing else on the
//! machine changes.
//!
//! **Each running server** has its own folder and its own ports, so that many run at the same time. A
//! server from a Debian package runs in its own mount and PID namespaces: the folder is /mnt, the
//! packages are mounted over /usr, the users that it expects exist, and no DNS query leaves the machine.
//!
//! **Faults** ([`RealServer::kill`] and others) are for Postfix and Exim.
//!
//! **A server stops** at the end of its standard input: when the value is dropped, and also when the test
//! process dies. The kernel then ends all processes in the namespace. Dropping also removes the folder.
//!
//! The SMTP servers accept mail to any address of example.test, with or without authentication. They
//! refuse [`REJECTED`] with 550, [`DEFERRED`] with 450, other domains with 5yz, and messages above
//! [`SIZE_LIMIT`]. They offer AUTH before TLS too, so that a client that sends no password in clear does
//! so by its own decision. Exim also accepts a client certificate of the authority that issued its own.
//! chasquid and Courier accept only recipients that [`tagged_address`] returns; their files and Haraka's
//! describe other differences.
//!
//! Dovecot's LMTP server accepts mail to [`USER`] and [`HASHED`]. It refuses [`OVER_QUOTA`] after the
//! message with 552, [`DEFERRED`] before it with 451, and all others before it with 550. Cyrus IMAP's
//! LMTP server requires authentication as [`USER`], the only recipient in its tests.
//!
//! Dovecot's submission server accepts mail after authentication, and hands it on to another server.
//!
//! [`gnutls_serv`] is installed in the same way; [`go_tls_server`] is compiled. Both speak TLS only.

mod aiosmtpd;
#[cfg(feature = "authorisation")]
pub mod authorisation;
mod chasquid;
mod courier;
mod cyrus;
mod cyrus_imapd;
mod dovecot;
mod dovecot_submission;
mod exim;
mod faults;
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
mod process;
mod sendmail;
mod server;
mod settings;
mod smtp_server;
mod spec;
mod token;

pub use dovecot_submission::relay_to;
pub use gnutls::gnutls_serv;
pub use go::go_tls_server;
pub use kind::Kind;
pub use overview::overview;
pub use prepare::{Unavailable, prepare};
pub use server::RealServer;
pub use settings::{Settings, TokenCheck};
pub use token::token;

/// One of many addresses of the user: the local part has a tag. Servers that accept only existing
/// recipients accept these.
pub fn tagged_address(kind: Kind, tag: &str) -> String {
    let separator = if kind == Kind::Courier { '-' } else { '+' };
    USER.replace('@', &format!("{separator}{tag}@"))
}

/// The one user of each server.
pub const USER: &str = "user@example.test";
/// Contains characters that break careless configuration files, URLs and SASL code.
pub const PASSWORD: &str = r#"pa ss"w\ord"#;
/// A recipient who is refused permanently, with 550.
pub const REJECTED: &str = "rejected@example.test";
/// A recipient who is refused temporarily, with 450.
pub const DEFERRED: &str = "later@example.test";
/// A recipient whose mailbox is full: Dovecot refuses the message once it has all octets of it.
pub const OVER_QUOTA: &str = "full@example.test";
/// A user with the same [`PASSWORD`] as [`USER`]. Dovecot has only a hash of it, which fits PLAIN and
/// LOGIN alone.
pub const HASHED: &str = "hashed@example.test";
/// 30 MiB; the SIZE extension announces it.
pub const SIZE_LIMIT: usize = 30 << 20;
/// The most recipients of a transaction that Exim accepts; its LIMITS extension announces it.
pub const RECIPIENTS_LIMIT: usize = 5;
/// The most recipients of a transaction that Postfix accepts. It does not announce the limit, and answers
/// 452 to further ones.
pub const UNANNOUNCED_LIMIT: usize = 100;
/// The most transactions of a connection that Exim accepts.
pub const TRANSACTIONS_LIMIT: usize = 40;

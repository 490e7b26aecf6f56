//! The task of a client. The client prints when each receipt came: nanoseconds since 1970, one line each.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs};

use servers::authority::Authority;
use wasmtime::Result;
use wasmtime::error::Context;

/// Octets of a line of base64, with its CRLF.
const LINE: usize = 78;
/// Octets of a piece of a large message: a whole number of lines.
pub(crate) const PIECE: usize = LINE * 12_821;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Security {
    StartTls,
    ImplicitTls,
    Plain,
}

impl Security {
    fn word(self) -> &'static str {
        match self {
            Security::StartTls => "starttls",
            Security::ImplicitTls => "tls",
            Security::Plain => "plain",
        }
    }

    fn from_word(word: &str) -> Security {
        match word {
            "starttls" => Security::StartTls,
            "tls" => Security::ImplicitTls,
            _ => Security::Plain,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub port: u16,
    pub security: Security,
    /// `None` to send without authentication.
    pub mechanism: Option<String>,
    pub recipients: usize,
    /// Octets of each message.
    pub size: usize,
    pub count: usize,
    /// The most at the same time.
    pub connections: usize,
    /// A PEM file with the authority's certificate.
    pub root: String,
}

/// An authority, and the file with its certificate, for the clients to trust.
pub(crate) fn authority(compiled: &Path) -> Result<(Authority, PathBuf)> {
    let authority = Authority::new();
    let root = compiled.with_file_name("root.pem");
    fs::write(&root, authority.pem())?;
    Ok((authority, root))
}

impl Task {
    /// Sets the environment variables that every client reads.
    pub(crate) fn set_environment(&self, command: &mut Command) {
        command
            .env("PORT", self.port.to_string())
            .env("SECURITY", self.security.word())
            .env("MECHANISM", self.mechanism.as_deref().unwrap_or("none"))
            .env("RECIPIENTS", self.recipients.to_string())
            .env("SIZE", self.size.to_string())
            .env("COUNT", self.count.to_string())
            .env("CONNECTIONS", self.connections.to_string())
            .env("ROOT", &self.root)
            .env("USERNAME", servers::real::USER)
            .env("PASSWORD", servers::real::PASSWORD);
    }

    pub(crate) fn from_environment() -> Result<Task> {
        let word = |name| env::var(name).with_context(|| format!("{name} is not set"));
        let mechanism = word("MECHANISM")?;
        Ok(Task {
            port: word("PORT")?.parse()?,
            security: Security::from_word(&word("SECURITY")?),
            mechanism: (mechanism != "none").then_some(mechanism),
            recipients: word("RECIPIENTS")?.parse()?,
            size: word("SIZE")?.parse()?,
            count: word("COUNT")?.parse()?,
            connections: word("CONNECTIONS")?.parse()?,
            root: word("ROOT")?,
        })
    }

    pub(crate) fn recipients(&self) -> Vec<String> {
        let name = |i| format!("r{i}@example.test");
        (0..self.recipients).map(name).collect()
    }

    /// A header and lines.
    pub(crate) fn message(&self) -> Vec<u8> {
        let line = [&[b'x'; LINE - 2][..], b"\r\n"].concat();
        let mut message = b"Subject: bench\r\n\r\n".to_vec();
        let left = self.size.saturating_sub(message.len() + 2);
        message.extend(line.into_iter().cycle().take(left));
        message.extend(b"\r\n");
        message
    }
}

pub(crate) const SENDER: &str = "sender@example.test";

/// Nanoseconds since 1970, by the clock that all processes share.
pub(crate) fn now() -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(now.as_nanos()).unwrap_or(u64::MAX)
}

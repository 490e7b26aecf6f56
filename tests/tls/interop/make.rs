//! The server programs of other implementations.

use std::process::Command;

use rcgen::KeyPair;
use servers::{real, report};

use super::server::Server;
use super::terms::{Sessions, Terms, Version};
use super::{gnutls, go, openssl};
use crate::openssl::installed;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Make {
    OpenSSL,
    GnuTLS,
    Go,
}

impl Make {
    /// The installed ones; the report names the others.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let makes = [Self::OpenSSL, Self::GnuTLS, Self::Go];
        makes.into_iter().filter(|make| match make {
            Self::OpenSSL => installed(),
            Self::GnuTLS => gnutls::installed(),
            Self::Go => go::installed(),
        })
    }

    /// Whether the program has options for these terms.
    pub(super) fn can(self, terms: &Terms) -> bool {
        match self {
            Self::OpenSSL => true,
            // It resumes TLS 1.3 only by tickets.
            Self::GnuTLS => {
                terms.version != Version::Tls13 || terms.sessions != Sessions::Remembered
            }
            Self::Go => go::can(terms),
        }
    }

    /// Starts a server that answers lines.
    pub(super) fn start(self, key: &KeyPair, terms: &Terms) -> Server {
        match self {
            Self::OpenSSL => openssl::start(key, terms),
            Self::GnuTLS => gnutls::start(key, terms),
            Self::Go => go::start(key, terms),
        }
    }

    /// The server's description of the next connection, if this make prints one.
    pub(super) fn says_resumed(self, server: &mut Server) -> Option<bool> {
        match self {
            Self::OpenSSL => None,
            Self::GnuTLS => Some(gnutls::resumed(server)),
            Self::Go => Some(go::resumed(server)),
        }
    }

    /// All three have it in versions since 2025.
    pub(super) fn has_x25519mlkem768(self) -> bool {
        let mut list = match self {
            Self::OpenSSL => Command::new("openssl"),
            Self::GnuTLS => real::gnutls_serv().unwrap(),
            Self::Go => real::go_tls_server().unwrap(),
        };
        list.args(match self {
            Self::OpenSSL => &["list", "-kem-algorithms"][..],
            Self::GnuTLS | Self::Go => &["--list"],
        });
        let list = list.output().unwrap().stdout;
        let list = String::from_utf8_lossy(&list).replace('-', "");
        let has = list.contains("X25519MLKEM768");
        let said = if has {
            "agreed on"
        } else {
            "none, as this version has none"
        };
        report::measured(&format!("X25519MLKEM768 with {self:?}"), said);
        has
    }
}

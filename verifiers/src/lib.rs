//! Programs that verify DKIM signatures: whoever gets a message runs one like these.
//!
//! | verifier | gets the key from |
//! | --- | --- |
//! | libopendkim, in C | a file: its resolver has no option for a port |
//! | dkimpy, in Python | the DNS server |
//! | mailauth, in Node | the DNS server |
//! | mail-auth, in Rust | the DNS server |

mod dkimpy;
pub mod dns;
mod mail_auth;
mod mailauth;
mod opendkim;

use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use dns::DnsServer;

/// A program that verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verifier {
    OpenDkim,
    Dkimpy,
    Mailauth,
    MailAuth,
}

impl Verifier {
    pub const ALL: [Self; 4] = [Self::OpenDkim, Self::Dkimpy, Self::Mailauth, Self::MailAuth];

    /// The result of each signature of each file, from top to bottom: `pass`, or another word and why. The
    /// error says why this machine cannot have the verifier.
    pub fn verify(self, files: &[PathBuf], dns: &DnsServer) -> Result<Vec<Vec<String>>, String> {
        match self {
            Self::OpenDkim => opendkim::verify(files, dns),
            Self::Dkimpy => dkimpy::verify(files, dns),
            Self::Mailauth => mailauth::verify(files, dns),
            Self::MailAuth => mail_auth::verify(files, dns),
        }
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OpenDkim => "OpenDKIM",
            Self::Dkimpy => "dkimpy",
            Self::Mailauth => "mailauth",
            Self::MailAuth => "mail-auth",
        })
    }
}

/// Runs a program that prints a line for each file, with a word for each signature.
fn results(program: &mut Command) -> Result<Vec<Vec<String>>, String> {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect();
    Ok(setup::run(program)?.lines().map(words).collect())
}

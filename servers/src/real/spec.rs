//! What differs between the servers.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::instance::Instance;

pub(super) struct ServerSpec {
    pub name: &'static str,
    /// SASL mechanisms for a password, before TLS and inside.
    pub mechanisms: &'static [&'static str],
    /// And for an OAuth 2.0 token.
    pub token_mechanisms: &'static [&'static str],
    /// The header fields put before a message when it is delivered, in their order.
    pub trace_fields: &'static [&'static str],
    /// Messages are stored in the way of Unix, with LF for CRLF.
    pub stores_lf: bool,
    /// A message of headers alone is stored with the empty line that would come before a body.
    pub adds_blank_line: bool,
    /// What stands before a command in its log, where that has the commands.
    pub command_log_prefix: Option<&'static str>,
    /// In the words of what installs them. Where they are others than were installed, they are
    /// installed anew.
    pub packages: &'static [&'static str],
    /// Puts the packages into a folder of that name, which is returned.
    pub install: fn(&str, &[&str]) -> Result<PathBuf, String>,
    /// Says whether an installed server can run here.
    pub check: fn(&Path) -> Result<(), String>,
    /// Fills the instance's folder, and returns what runs the server: until the end of its
    /// standard input, writing the file `ready` once both ports are open.
    pub command: fn(&Instance) -> Result<Command, String>,
}

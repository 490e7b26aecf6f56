//! The specification of a real server: all that differs between the servers. To add one, write a `SPEC`
//! like those beside this file.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::instance::Instance;

pub(super) struct ServerSpec {
    pub name: &'static str,
    /// The SASL mechanisms for a password, offered before TLS and inside.
    pub mechanisms: &'static [&'static str],
    /// The SASL mechanisms for an OAuth 2.0 token.
    pub token_mechanisms: &'static [&'static str],
    /// The header fields that delivery adds in front of a message, in their order.
    pub trace_fields: &'static [&'static str],
    /// Whether messages are stored with LF line ends.
    pub stores_lf: bool,
    /// Whether a message without a body is stored with the empty line that ends a header.
    pub adds_blank_line: bool,
    /// The text in front of a command in the server's log; `None` if the log has no commands.
    pub command_log_prefix: Option<&'static str>,
    /// The packages, in the syntax of the installer. If this list changes, they are installed again.
    pub packages: &'static [&'static str],
    /// Installs the packages into a folder of this name, and returns the folder.
    pub install: fn(&str, &[&str]) -> Result<PathBuf, String>,
    /// Checks whether the installed server can run here.
    pub check: fn(&Path) -> Result<(), String>,
    /// Fills the instance's folder and returns the command that runs the server. The command ends with
    /// its standard input, and writes the file `ready` once both ports are open.
    pub command: fn(&Instance) -> Result<Command, String>,
}

//! Cyrus SASL with its own password file, for Postfix, Exim, sendmail and Cyrus IMAP.

use std::io;
use std::process::Command;

use super::PASSWORD;
use super::instance::Instance;
use super::namespace::UID;

/// Debian's packages of Cyrus SASL.
pub(super) const TOOLS: &str = "sasl2-bin";
pub(super) const MECHANISMS: &str = "libsasl2-modules";
pub(super) const PASSWORDS: &str = "libsasl2-modules-db";

/// Writes the password file.
pub(super) const START: &str =
    "printf %s \"$PASSWORD\" | saslpasswd2 -p -c -f sasl/passwords -u example.test user
    chown --reference=sasl sasl/passwords";

/// Writes the configuration for this application.
pub(super) fn configure(instance: &Instance, application: &str) -> io::Result<()> {
    let template = include_str!("../../config/cyrus.conf");
    instance.configure(&format!("sasl/{application}.conf"), template)?;
    instance.make_owned("sasl", UID, UID)
}

/// Sets the environment that [`START`] needs.
pub(super) fn command(mut command: Command) -> Command {
    command.env("PASSWORD", PASSWORD);
    command
}

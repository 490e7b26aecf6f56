//! Exim, Debian's full build with GnuTLS.

use std::process::Command;
use std::{fs, io};

use super::instance::Instance;
use super::namespace::{self, UID};
use super::spec::ServerSpec;
use super::{PASSWORD, USER, cyrus};

pub(super) const SPEC: ServerSpec = ServerSpec {
    name: "Exim",
    mechanisms: &["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN", "CRAM-MD5"],
    token_mechanisms: &[],
    trace_fields: &["Return-path", "Envelope-to", "Delivery-date", "Received"],
    stores_lf: true,
    // The spool stores header and body separately, and delivery writes the empty line between them.
    adds_blank_line: true,
    command_log_prefix: Some(" < "),
    packages: PACKAGES,
    install: namespace::unpack,
    check: namespace::check,
    command,
};

const PACKAGES: &[&str] = &[
    "exim4-daemon-heavy=4.98*",
    "exim4-base=4.98*",
    cyrus::TOOLS,
    cyrus::MECHANISMS,
    cyrus::PASSWORDS,
];

/// Runs in the background, because Exim does not detach as a child of process 1; the script ends if Exim
/// ends.
const START: &str = "exim4 -C /mnt/exim.conf -bdf &
    until [ -e ready ]; do kill -0 $!; sleep 0.01; done";

fn command(instance: &Instance) -> Result<Command, String> {
    fill(instance).map_err(|error| format!("Exim's folder cannot be filled: {error}"))?;
    let start = format!("{}\n{START}", cyrus::START);
    Ok(cyrus::command(namespace::command(instance, &start)))
}

fn fill(instance: &Instance) -> io::Result<()> {
    instance.configure("exim.conf", include_str!("../../config/exim.conf"))?;
    cyrus::configure(instance, "exim")?;
    fs::write(
        instance.folder.join("users"),
        format!("{USER}: {PASSWORD}\n"),
    )?;
    let folders = ["spool", "log", "inbox"];
    folders
        .iter()
        .try_for_each(|name| instance.make_owned(name, UID, UID))
}

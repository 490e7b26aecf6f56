//! Haraka, a server in Node. It answers 503 to each command that arrives together with the end of a
//! message.

use std::process::Command;
use std::{fs, io};

use super::instance::Instance;
use super::spec::ServerSpec;

const PACKAGE: &str = "Haraka@3.3.4";

pub(super) const SPEC: ServerSpec = ServerSpec {
    name: "Haraka",
    // Only inside TLS.
    mechanisms: &["PLAIN", "LOGIN", "CRAM-MD5"],
    token_mechanisms: &[],
    trace_fields: &["Received"],
    stores_lf: false,
    adds_blank_line: true,
    command_log_prefix: None,
    packages: &[PACKAGE],
    install: setup::npm,
    check: |_| setup::run(Command::new("node").arg("--version")).map(drop),
    command,
};

/// The plugins: Haraka's own for STARTTLS, and scripts/haraka_plugin.js.
const PLUGINS: &str = "tls\nloopback\n";

const FILES: &[(&str, &str)] = &[
    ("plugins", PLUGINS),
    ("me", "mail.test\n"),
    ("smtp.ini", include_str!("../../config/haraka.smtp.ini")),
    (
        "connection.ini",
        include_str!("../../config/haraka.connection.ini"),
    ),
    // The group of RFC 7919, appendix A.1. Without it, Haraka generates parameters, which takes seconds.
    ("dhparams.pem", include_str!("../../config/dhparams.pem")),
];

fn command(instance: &Instance) -> Result<Command, String> {
    fill(instance).map_err(|error| format!("Haraka's folder cannot be filled: {error}"))?;
    let program = instance.packages.join("node_modules/Haraka/bin/haraka");
    let mut command = Command::new("node");
    command.arg(program).arg("--configs").arg(&instance.folder);
    instance.describe(&mut command);
    Ok(command)
}

fn fill(instance: &Instance) -> io::Result<()> {
    for (name, template) in FILES {
        instance.configure(&format!("config/{name}"), template)?;
    }
    // Haraka reads certificates only from its configuration folder.
    let config = instance.folder.join("config");
    fs::copy(
        instance.folder.join("certificate.pem"),
        config.join("tls_cert.pem"),
    )?;
    fs::copy(instance.folder.join("key.pem"), config.join("tls_key.pem"))?;
    let plugin = include_str!("../../scripts/haraka_plugin.js");
    instance.configure("plugins/loopback.js", plugin)?;
    Ok(())
}

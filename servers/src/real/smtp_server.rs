//! smtp-server, a server in Node by the Nodemailer project.

use std::fs;
use std::process::Command;

use super::instance::Instance;
use super::spec::ServerSpec;

const PACKAGE: &str = "smtp-server@3.21.6";

pub(super) const SPEC: ServerSpec = ServerSpec {
    name: "smtp-server",
    mechanisms: &["PLAIN", "LOGIN", "CRAM-MD5"],
    token_mechanisms: &["XOAUTH2"],
    trace_fields: &[],
    stores_lf: false,
    adds_blank_line: false,
    command_log_prefix: None,
    packages: &[PACKAGE],
    install: setup::npm,
    check: |_| setup::run(Command::new("node").arg("--version")).map(drop),
    command,
};

fn command(instance: &Instance) -> Result<Command, String> {
    let script = include_str!("../../scripts/smtp_server.cjs");
    fs::write(instance.folder.join("server.cjs"), script).map_err(|error| error.to_string())?;
    let mut command = Command::new("node");
    command
        .arg("server.cjs")
        .env("NODE_PATH", instance.packages.join("node_modules"));
    instance.describe(&mut command);
    Ok(command)
}

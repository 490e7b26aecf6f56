//! aiosmtpd, a server in Python.

use std::fs;
use std::process::Command;

use super::instance::Instance;
use super::spec::ServerSpec;

const PACKAGE: &str = "aiosmtpd==1.4.6";

pub(super) const SPEC: ServerSpec = ServerSpec {
    name: "aiosmtpd",
    mechanisms: &["PLAIN", "LOGIN", "CRAM-MD5"],
    token_mechanisms: &[],
    trace_fields: &[],
    stores_lf: false,
    adds_blank_line: false,
    command_log_prefix: None,
    packages: &[PACKAGE],
    install: setup::pip,
    check: |_| setup::run(Command::new("python3").arg("--version")).map(drop),
    command,
};

fn command(instance: &Instance) -> Result<Command, String> {
    let script = include_str!("../../scripts/aiosmtpd_server.py");
    fs::write(instance.folder.join("server.py"), script).map_err(|error| error.to_string())?;
    let mut command = Command::new("python3");
    command
        .arg("server.py")
        .env("PYTHONPATH", &instance.packages);
    instance.describe(&mut command);
    Ok(command)
}

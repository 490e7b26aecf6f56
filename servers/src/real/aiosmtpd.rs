//! aiosmtpd, Python's.

use std::fs;
use std::process::Command;

use super::instance::Instance;
use super::recipe::Recipe;

const PACKAGE: &str = "aiosmtpd==1.4.6";

pub(super) const RECIPE: Recipe = Recipe {
    name: "aiosmtpd",
    mechanisms: &["PLAIN", "LOGIN", "CRAM-MD5"],
    token_mechanisms: &[],
    trace: &[],
    stores_lf: false,
    ends_header: false,
    command_mark: None,
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

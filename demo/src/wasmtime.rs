//! The command `wasmtime`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a component needs to reach a mail server by its name.
const GRANTS: &str = "inherit-network,allow-ip-name-lookup";

/// An installed command.
pub struct Wasmtime {
    path: PathBuf,
    /// Its name and version, such as `wasmtime 49.0.3`.
    version: String,
}

impl Wasmtime {
    /// Installs it if need be.
    ///
    /// # Errors
    /// A sentence that says why it cannot be had, and what to do.
    pub fn ready() -> Result<Wasmtime, String> {
        let path = setup::any_wasmtime()?;
        let version = setup::run(Command::new(&path).arg("--version"))?;
        // The commit and its date follow.
        let version = version.split(" (").next().unwrap_or_default().trim().into();
        Ok(Wasmtime { path, version })
    }

    /// A line about it for people.
    pub fn about(&self) -> String {
        format!(
            "{}, which compiles it at its first start (some seconds)",
            self.version
        )
    }

    /// A command that runs the component, with these further options of wasmtime. What is added to it are the
    /// component's own arguments.
    pub fn run(&self, options: &[String], component: &Path) -> Command {
        let mut command = Command::new(&self.path);
        command.args(["run", "-S", GRANTS]).args(options);
        // A trace of wasmtime's own functions would hide the reason.
        command.arg(component).env("RUST_BACKTRACE", "0");
        command
    }
}

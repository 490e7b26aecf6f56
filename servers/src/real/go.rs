//! A TLS server with Go's standard library.

use std::fs;
use std::path::Path;
use std::process::Command;

use setup::{install, run};

const SOURCE: &str = include_str!("../../scripts/tls_server.go");

/// The program of scripts/tls_server.go, or why this machine cannot have it.
pub fn go_tls_server() -> Result<Command, String> {
    let go = setup::go()?;
    let folder = install("Go", &[setup::GO, SOURCE], |folder| build(go, folder))?;
    Ok(Command::new(folder.join("tls_server")))
}

/// Needs only the standard library.
fn build(mut go: Command, folder: &Path) -> Result<String, String> {
    fs::write(folder.join("tls_server.go"), SOURCE).map_err(|error| error.to_string())?;
    go.args(["build", "-o", "tls_server", "tls_server.go"]);
    run(go.current_dir(folder))?;
    Ok(setup::GO.into())
}

//! A TLS server of Go's standard library, compiled where the machine has Go.

use std::fs;
use std::path::Path;
use std::process::Command;

use setup::{install, run};

const SOURCE: &str = include_str!("../../scripts/tls_server.go");

/// See scripts/tls_server.go; or why this machine cannot have it.
pub fn go_tls_server() -> Result<Command, String> {
    let folder = install("Go", &[SOURCE], build)?;
    Ok(Command::new(folder.join("tls_server")))
}

/// Needs nothing beyond the standard library, and no network.
fn build(folder: &Path) -> Result<String, String> {
    fs::write(folder.join("tls_server.go"), SOURCE).map_err(|error| error.to_string())?;
    let mut go = Command::new("go");
    go.args(["build", "-o", "tls_server", "tls_server.go"]);
    run(go.current_dir(folder).env("GOPROXY", "off"))?;
    run(Command::new("go").args(["env", "GOVERSION"])).map(|version| version.trim().into())
}

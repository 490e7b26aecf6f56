//! The crates as cargo publishes them, each built once from its archive alone.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{VERSION, root, sha256};

/// In the order in which they are published: the first is needed by the second.
pub const CRATES: [&str; 2] = ["envoi-primitives", "envoi"];

/// Of the first.
const SOURCES: &str = "primitives/src";

/// Puts their archives into the folder.
pub fn package(folder: &Path) -> Result<()> {
    let target = root().join("target").join(contents(SOURCES)?);
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // A release is of a commit, which was looked at before; a test is of what is there.
    cargo.current_dir(root());
    cargo.args(["package", "--locked", "--allow-dirty"]);
    for name in CRATES {
        cargo.args(["--package", name]);
    }
    // Built to see that they build; unoptimised, both have the same libraries.
    cargo.args(["--config", "profile.dev.package.'*'.opt-level=0"]);
    cargo.args(["--config", "profile.dev.package.'*'.debug=false"]);
    cargo.args(["--config", "profile.dev.debug=false"]);
    let status = cargo.arg("--target-dir").arg(&target).status()?;
    ensure!(status.success(), "`cargo package` failed ({status})");
    for name in CRATES {
        let file = format!("{name}-{VERSION}.crate");
        let made = target.join("package").join(&file);
        fs::copy(&made, folder.join(file))
            .with_context(|| format!("cannot copy {}", made.display()))?;
    }
    Ok(())
}

/// A name for what is in a folder now: what cargo has once unpacked of a version, it takes for the second
/// crate's build as long as the archive lies at the same place, whatever has changed.
fn contents(folder: &str) -> Result<String> {
    let mut files: Vec<_> = fs::read_dir(root().join(folder))?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    let mut all = Vec::new();
    for file in files {
        all.extend(fs::read(file.path())?);
    }
    Ok(format!("package-{}", &sha256(&all)[..16]))
}

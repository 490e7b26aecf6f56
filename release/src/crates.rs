//! The crates as cargo publishes them, each built once from its archive alone.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{VERSION, root, sha256};

/// In the order in which they are published: the first is needed by the second.
pub const CRATES: [&str; 2] = ["envoi-primitives", "envoi"];

/// Puts their archives into the folder.
pub fn package(folder: &Path) -> Result<()> {
    let target = root().join("target").join(folder_of_primitives()?);
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

/// Named after what the first crate is now: what cargo has once unpacked of a version, it takes for the
/// second one's build as long as the archive lies at the same place, whatever has changed.
fn folder_of_primitives() -> Result<String> {
    let package = root().join("primitives");
    let mut files = vec![package.join("Cargo.toml")];
    for file in fs::read_dir(package.join("src"))? {
        files.push(file?.path());
    }
    files.sort();
    let mut contents = Vec::new();
    for file in files {
        contents.extend(fs::read(file)?);
    }
    Ok(format!("package-{}", &sha256(&contents)[..16]))
}

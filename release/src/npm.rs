//! The npm package: `npm pack` of `dist/npm/envoi`.

use std::path::Path;
use std::process::Command;

use anyhow::{Error, Result};
use setup::run;

use crate::root;

/// Puts the archive into `folder`. npm gives all files in it one fixed date.
pub(crate) fn pack(folder: &Path) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["pack", "--ignore-scripts", "--pack-destination"]);
    npm.arg(folder.canonicalize()?);
    npm.current_dir(root().join("dist/npm/envoi"));
    run(&mut npm).map_err(Error::msg)?;
    Ok(())
}

//! The files of the checkout.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Paths from the root of all files that git tracks, or would add.
pub(crate) fn tracked(root: &Path) -> Result<BTreeSet<String>> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["ls-files", "--cached"]);
    git.args(["--others", "--exclude-standard"]);
    let output = git.output().context("cannot start git")?;
    ensure!(output.status.success(), "`git ls-files` failed");
    let names = String::from_utf8(output.stdout)?;
    Ok(names.lines().map(str::to_owned).collect())
}

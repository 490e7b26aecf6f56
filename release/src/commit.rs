//! The commit of a release.

use std::process::Command;

use anyhow::{Error, Result, ensure};
use setup::run;

use crate::root;

pub struct Commit {
    pub id: String,
    /// Its date in UTC, such as `2026-11-26T03:00:00Z`: the only time in a release.
    pub date: String,
}

impl Commit {
    /// The commit that is checked out. An error if files have changed since.
    pub fn current() -> Result<Commit> {
        let changes = git(&["status", "--porcelain"])?;
        ensure!(
            changes.is_empty(),
            "a release is made from a commit, and these changes are in none:\n{changes}\nCommit or stash them first"
        );
        let format = ["--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%cd"];
        Ok(Commit {
            id: git(&["rev-parse", "HEAD"])?,
            date: git(&["log", "-1", format[0], format[1]])?,
        })
    }
}

fn git(arguments: &[&str]) -> Result<String> {
    let mut git = Command::new("git");
    git.args(arguments).current_dir(root()).env("TZ", "UTC");
    let output = run(&mut git).map_err(Error::msg)?;
    Ok(output.trim_end().into())
}

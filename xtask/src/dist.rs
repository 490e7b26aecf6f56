//! `dist/release/`: builds all that a release has, and hands over to the program that puts it together,
//! which xtask would make everyone wait for.

use std::{fs, process::Command};

use anyhow::{Context, Result, bail};

use crate::{component, npm, optimizer, process::run, project::Project};

const SUMS: &str = "dist/release/SHA256SUMS";

pub fn make(project: &Project) -> Result<()> {
    if let Err(why) = optimizer::fetch() {
        bail!("a release is made small by wasm-opt, which is not here: {why}");
    }
    let toolchain = component::build(project)?;
    component::build_cli(project, &toolchain)?;
    npm::build(project)?;
    let rustc = toolchain
        .version()
        .context("rustc does not say what it is")?;
    let mut cargo = project.cargo();
    cargo.args(["run", "--profile", "xtask", "--package", "release", "--"]);
    run(cargo.arg(rustc))
}

/// Makes it again of the same commit, in a clone at another place, and compares the sums.
pub fn check(project: &Project) -> Result<()> {
    make(project)?;
    let clone = project.target.join("dist-check");
    if clone.exists() {
        fs::remove_dir_all(&clone)?;
    }
    eprintln!("dist: again, in {} (some minutes)", clone.display());
    let mut git = Command::new("git");
    git.args(["clone", "--quiet", "--no-hardlinks"]);
    run(git.arg(&project.root).arg(&clone))?;
    let mut again = project.cargo();
    again.current_dir(&clone).env_remove("CARGO_TARGET_DIR");
    run(again.args(["xtask", "dist"]))?;
    let first = fs::read_to_string(project.root.join(SUMS))?;
    let second = fs::read_to_string(clone.join(SUMS))?;
    let different: Vec<_> = first
        .lines()
        .filter(|line| !second.lines().any(|other| other == *line))
        .collect();
    if !different.is_empty() {
        bail!("made twice, these differ:\n{}", different.join("\n"));
    }
    println!("dist: made twice, the same sums");
    Ok(fs::remove_dir_all(clone)?)
}

//! `dist/release/`: builds the parts of a release, then runs the crate `release`, which assembles them. Its
//! dependencies delay every command if xtask has them.

use std::{fs, process::Command};

use anyhow::{Context, Result, bail};

use crate::{component, npm, optimizer, process::run, project::Project};

const SUMS: &str = "dist/release/SHA256SUMS";

pub(crate) fn make(project: &Project) -> Result<()> {
    if let Err(why) = optimizer::fetch() {
        bail!("a release needs wasm-opt, which is unavailable: {why}");
    }
    let toolchain = component::build(project)?;
    component::build_cli(project, &toolchain)?;
    component::build_login(project, &toolchain)?;
    npm::build(project)?;
    let rustc = toolchain
        .version()
        .context("rustc does not tell its version")?;
    run(release(project).arg(rustc))
}

/// Pushes the release that [`make`] made.
pub(crate) fn publish(project: &Project, url: &str) -> Result<()> {
    run(release(project).args(["publish", url]))
}

/// Publishes the release to registries on loopback, and uses it from there: a program of `example-tests`.
pub(crate) fn check_published(project: &Project) -> Result<()> {
    if !project.root.join(SUMS).exists() {
        bail!("there is no release to publish: `cargo xtask dist` makes it");
    }
    let mut cargo = project.cargo();
    cargo.args(["run", "--package", "example-tests", "--bin", "published"]);
    run(&mut cargo)
}

fn release(project: &Project) -> Command {
    let mut cargo = project.cargo();
    cargo.args(["run", "--profile", "xtask", "--package", "release", "--"]);
    cargo
}

/// Makes the release again from the same commit, in a clone in another folder, and compares the sums.
pub(crate) fn check(project: &Project) -> Result<()> {
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

//! The supply chain: licences, sources, versions and known faults of all dependencies, by `cargo deny` and
//! `deny.toml`; and by `cargo semver-checks`, whether the crates keep what the last release promised.

use std::{
    env,
    ffi::OsString,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    process::{self, answer},
    project::Project,
    report::Report,
};

/// The crates of which others may use the public items.
const LIBRARIES: [&str; 4] = [
    "envoi",
    "envoi-message",
    "envoi-primitives",
    "envoi-unicode",
];

/// The version of `cargo-semver-checks`.
const SEMVER_CHECKS: &str = "0.51.0";

/// `cargo xtask supply`.
pub(crate) fn run(project: &Project) -> Result<()> {
    let report = Report::create(&project.target)?;
    check(project, &report)?;
    report.lines()?.iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// What could not be checked is in the report.
pub(crate) fn check(project: &Project, report: &Report) -> Result<()> {
    match setup::cargo_deny() {
        Ok(deny) => check_dependencies(project, &deny, report)?,
        Err(why) => report.not_run(&format!("cargo deny: {why}"))?,
    }
    check_crates(project, report)
}

fn check_dependencies(project: &Project, deny: &Path, report: &Report) -> Result<()> {
    let command = |arguments: &[&str]| {
        let mut command = Command::new(deny);
        command.current_dir(&project.root).args(arguments);
        command
    };
    process::run(&mut command(&[
        "--workspace",
        "check",
        "licenses",
        "sources",
    ]))?;
    // Of what is published: a test may need a crate that exists in several versions.
    let published = ["--exclude-unpublished", "--exclude-dev"];
    process::run(command(&published).args(["check", "bans"]))?;
    check_advisories(command(&["--workspace", "check", "advisories"]), report)
}

/// Only the database is fetched from elsewhere than a registry, so that its absence is told and is no failure.
fn check_advisories(mut command: Command, report: &Report) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("failed to fetch advisory database") {
        return report.line(
            "RustSec's advisories: not compared, because their database cannot be fetched from here",
        );
    }
    eprint!("{said}");
    if !output.status.success() {
        bail!("an advisory concerns a dependency; its text is above");
    }
    report.line(
        "RustSec's advisories: none concerns a dependency, but for those that deny.toml explains",
    )
}

fn check_crates(project: &Project, report: &Report) -> Result<()> {
    let mut git = Command::new("git");
    git.current_dir(&project.root);
    // As `release` finds the release whose interface it compares.
    git.args(["tag", "--merged", "HEAD", "--list", "v*"]);
    let tags = answer(git.arg("--sort=-v:refname")).unwrap_or_default();
    let Some(tag) = tags.lines().next() else {
        return report.line("cargo semver-checks: no release yet with which to compare");
    };
    let mut checks = project.cargo();
    checks.env("PATH", path_with_semver_checks(project)?);
    checks.args(["semver-checks", "--baseline-rev", tag]);
    for library in LIBRARIES {
        checks.args(["--package", library]);
    }
    process::run(&mut checks)
}

/// PATH, with the folder of `cargo-semver-checks`, which is compiled if need be.
fn path_with_semver_checks(project: &Project) -> Result<OsString> {
    let name = "cargo-semver-checks";
    let folder = setup::install(name, &[SEMVER_CHECKS], |folder| {
        eprintln!("supply: compiling cargo-semver-checks (some minutes, once)");
        let mut cargo = project.cargo();
        cargo.args(["install", "--locked", "--version", SEMVER_CHECKS]);
        setup::run(cargo.arg("--root").arg(folder).arg(name))?;
        Ok(SEMVER_CHECKS.into())
    });
    let folder = folder.map_err(anyhow::Error::msg)?.join("bin");
    let others = env::var_os("PATH").unwrap_or_default();
    env::join_paths([folder].into_iter().chain(env::split_paths(&others)))
        .context("a folder's name has a colon")
}

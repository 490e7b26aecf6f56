//! Builds programs of this workspace.

use std::process::Command;

use anyhow::Result;

use crate::{process::run, project::Project};

/// Builds a program of a package. Of that package alone: a user's first command then does not compile what only tests
/// need.
pub(crate) fn build(project: &Project, package: &str, name: &str, what: &str) -> Result<Command> {
    let program = project.target.join("debug").join(name);
    if !program.exists() {
        eprintln!("{name}: compiling {what}");
    }
    run(project
        .cargo()
        .args(["build", "--package", package, "--bin", name]))?;
    Ok(Command::new(program))
}

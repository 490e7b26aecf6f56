//! Programs of this workspace.

use std::process::Command;

use anyhow::Result;

use crate::{process::run, project::Project};

/// A program, built. Of the whole workspace, whose tests then find all that it stands on compiled: of its
/// package alone, wasmtime would have other features.
pub fn build(project: &Project, name: &str, what: &str) -> Result<Command> {
    let program = project.target.join("debug").join(name);
    if !program.exists() {
        eprintln!("{name}: compiling {what}");
    }
    run(project
        .cargo()
        .args(["build", "--workspace", "--bin", name]))?;
    Ok(Command::new(program))
}

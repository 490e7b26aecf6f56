//! Builds programs of this workspace.

use std::process::Command;

use anyhow::Result;

use crate::{process::run, project::Project};

/// Builds a program. `--workspace`: tests then find its dependencies compiled. For one package alone, cargo
/// compiles wasmtime with other features.
pub(crate) fn build(project: &Project, name: &str, what: &str) -> Result<Command> {
    let program = project.target.join("debug").join(name);
    if !program.exists() {
        eprintln!("{name}: compiling {what}");
    }
    run(project
        .cargo()
        .args(["build", "--workspace", "--bin", name]))?;
    Ok(Command::new(program))
}

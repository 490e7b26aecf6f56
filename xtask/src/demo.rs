//! The demo, which lives beside the host that runs the component.

use std::{
    env,
    ffi::OsString,
    process::{ExitCode, ExitStatus},
};

use anyhow::{Context, Result};

use crate::{component, project::Project};

/// Builds the component, then hands over; the exit code is the demo's.
pub fn run(project: &Project, arguments: &[OsString]) -> Result<ExitCode> {
    component::build_portable(project)?;
    let mut cargo = project.cargo();
    if !project.target.join("debug/demo").exists() {
        eprintln!("demo: compiling its WebAssembly host, wasmtime (some minutes, once)");
    }
    cargo.args([
        "run",
        "--package",
        "host-tests",
        "--bin",
        "demo",
        "--manifest-path",
    ]);
    cargo
        .arg(project.root.join("Cargo.toml"))
        .arg("--")
        .args(arguments);
    // Its arguments may name files, from where the user is.
    cargo.current_dir(env::current_dir()?);
    Ok(code(cargo.status().context("cannot start cargo")?))
}

fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

//! The demo, a program that runs envoi's command line in wasmtime.

use std::{
    ffi::OsString,
    process::{ExitCode, ExitStatus},
};

use anyhow::{Context, Error, Result};

use crate::{component, program, project::Project};

/// Builds the component, then runs the demo, and returns its exit code.
pub(crate) fn run(project: &Project, arguments: &[OsString]) -> Result<ExitCode> {
    if !project.root.join("dist").join(component::DEMO).exists() {
        eprintln!(
            "demo: four steps before the first message, in two or three minutes: fetch wasmtime; compile the \
             component; what composes it with its command line; a mail server"
        );
    }
    // If it is missing, the user hears so before a minute of compiling.
    setup::any_wasmtime().map_err(Error::msg)?;
    component::build_demo(project, &component::toolchain()?)?;
    let mut demo = program::build(
        project,
        "demo",
        "demo",
        "its mail server (half a minute, once)",
    )?;
    let status = demo.args(arguments).status();
    Ok(code(status.context("cannot start the demo")?))
}

fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

//! The demo, a program that runs envoi's command line in wasmtime.

use std::{
    ffi::OsString,
    process::{ExitCode, ExitStatus},
};

use anyhow::{Context, Error, Result};

use crate::{component, program, project::Project};

/// Builds the component, then runs the demo, and returns its exit code.
pub(crate) fn run(project: &Project, arguments: &[OsString]) -> Result<ExitCode> {
    // If it is missing, the user hears so before a minute of compiling.
    setup::any_wasmtime().map_err(Error::msg)?;
    component::build_demo(project, &component::toolchain()?)?;
    let mut demo = program::build(
        project,
        "demo",
        "demo",
        "its mail server (some seconds, once)",
    )?;
    let status = demo.args(arguments).status();
    Ok(code(status.context("cannot start the demo")?))
}

fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

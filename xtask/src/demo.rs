//! The demo, a program of `host-tests`, whose host runs the component.

use std::{
    ffi::OsString,
    process::{ExitCode, ExitStatus},
};

use anyhow::{Context, Result};

use crate::{component, program, project::Project};

/// Names the component that the host runs.
const COMPONENT: &str = "ENVOI_COMPONENT";

/// Builds the component, then runs the demo, and returns its exit code.
pub(crate) fn run(project: &Project, arguments: &[OsString]) -> Result<ExitCode> {
    let component = component::build_quick(project, &component::toolchain()?)?;
    let mut demo = program::build(
        project,
        "host-tests",
        "demo",
        "its host, wasmtime (some minutes, once)",
    )?;
    let status = demo.args(arguments).env(COMPONENT, component).status();
    Ok(code(status.context("cannot start the demo")?))
}

fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

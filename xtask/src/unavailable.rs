//! The error for a tool that this machine cannot have: no fault of the project.
//!
//! `cargo xtask example` shows it. `cargo xtask test` reports the part as not run, and goes on.

use std::{error::Error, fmt, fs, io::ErrorKind};

use anyhow::Result;

use crate::{project::Project, report::Report};

/// The tool, and the reason.
#[derive(Debug)]
pub(crate) struct Unavailable(pub String);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this machine cannot have its tools: {}", self.0)
    }
}

impl Error for Unavailable {}

/// For `cargo xtask test`: goes on without `file` of `dist/` if this machine cannot have the tools for it.
pub(crate) fn reported(
    built: Result<()>,
    what: &str,
    project: &Project,
    file: &str,
    report: &Report,
) -> Result<()> {
    match built {
        Err(error) if error.is::<Unavailable>() => {
            remove(project, file)?;
            report.not_run(&format!("{what}: {error}"))
        }
        built => built,
    }
}

/// A file from an earlier build may not match the sources.
fn remove(project: &Project, file: &str) -> Result<()> {
    match fs::remove_file(project.root.join("dist").join(file)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

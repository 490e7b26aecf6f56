//! An error of the machine's, not of the project's: a tool that it cannot have.
//!
//! Someone who asks for an example is told; a test run reports what it left out, and goes on.

use std::{error::Error, fmt, fs, io::ErrorKind};

use anyhow::Result;

use crate::{project::Project, report::Report};

/// Which tool, and why not.
#[derive(Debug)]
pub struct Unavailable(pub String);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this machine cannot have its tools: {}", self.0)
    }
}

impl Error for Unavailable {}

/// For a test run: goes on without `file` of `dist/` where this machine lacks the tools for it.
pub fn reported(
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

/// What may be there from another day is not what the sources say now.
fn remove(project: &Project, file: &str) -> Result<()> {
    match fs::remove_file(project.root.join("dist").join(file)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

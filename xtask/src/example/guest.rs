//! The guests: one world, `example:guest/guest`, in several languages. Each is built as a component,
//! composed with envoi's, and called in wasmtime.

use std::{fs, io::ErrorKind, path::PathBuf};

use anyhow::Result;

use super::rust;
use crate::{
    component, process::run, project::Project, report::Report, toolchain::Toolchain,
    unavailable::Unavailable,
};

/// Each has its folder in `examples/`, and becomes a file in `dist/`.
pub struct Guest {
    /// The language, for people.
    pub language: &'static str,
    /// The component, in `dist/`.
    pub file: &'static str,
    pub build: fn(&Project, &Toolchain) -> Result<()>,
}

const GUESTS: &[&Guest] = &[&rust::GUEST];

/// Builds all of them for their tests. What this machine lacks the tools for is reported.
pub fn build_all(project: &Project, toolchain: &Toolchain, report: &Report) -> Result<()> {
    for guest in GUESTS {
        match (guest.build)(project, toolchain) {
            Err(error) if error.is::<Unavailable>() => {
                guest.remove(project)?;
                report.not_run(&format!("the guest in {}: {error}", guest.language))?;
            }
            result => result?,
        }
    }
    Ok(())
}

impl Guest {
    /// Builds it, and calls it beside a server on loopback.
    pub fn show(&self, project: &Project) -> Result<()> {
        let toolchain = component::build_portable(project)?;
        (self.build)(project, &toolchain)?;
        let mailing = self.file.replace("guest", "mailing");
        component::compose(project, self.file, &mailing)?;
        if !project.target.join("debug/guest").exists() {
            eprintln!("example: compiling its WebAssembly host, wasmtime (some minutes, once)");
        }
        let mut cargo = project.cargo();
        cargo.args(["run", "--package", "host-tests", "--bin", "guest", "--"]);
        run(cargo.arg(project.root.join("dist").join(mailing)))
    }

    /// What may be there from another day is not what the sources say now.
    fn remove(&self, project: &Project) -> Result<()> {
        match fs::remove_file(self.path(project)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn path(&self, project: &Project) -> PathBuf {
        project.root.join("dist").join(self.file)
    }
}

//! The guests: one world, `example:guest/guest`, in several languages. Each is made a component,
//! composed with envoi's, and called in wasmtime.

use std::{fs, io::ErrorKind, process::Command, time::Instant};

use anyhow::Result;

use super::{c, go, javascript, python, rust};
use crate::{
    component, process::run, project::Project, report::Report, toolchain::Toolchain,
    unavailable::Unavailable,
};

pub struct Guest {
    /// It becomes `dist/guest-NAME.wasm`.
    pub name: &'static str,
    /// For people.
    pub language: &'static str,
    pub build: fn(&Project, &Toolchain) -> Result<()>,
}

pub const GUESTS: &[&Guest] = &[
    &rust::GUEST,
    &javascript::GUEST,
    &python::GUEST,
    &c::GUEST,
    &go::GUEST,
];

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
    pub fn about(&self) -> String {
        format!("a guest in {}, composed with the component", self.language)
    }

    /// Builds it, and calls it beside a server on loopback.
    pub fn show(&self, project: &Project) -> Result<()> {
        let toolchain = component::build_portable(project)?;
        (self.build)(project, &toolchain)?;
        let mailing = format!("mailing-{}.wasm", self.name);
        component::compose(project, &self.file(), &mailing)?;
        if !project.target.join("debug/guest").exists() {
            eprintln!("example: compiling its WebAssembly host, wasmtime (some minutes, once)");
        }
        // Of the workspace, whose tests then find all that it stands on compiled.
        run(project
            .cargo()
            .args(["build", "--workspace", "--bin", "guest"]))?;
        let host = project.target.join("debug/guest");
        run(Command::new(host).arg(project.root.join("dist").join(mailing)))
    }

    pub fn keep(&self, project: &Project, component: &[u8], start: Instant) -> Result<()> {
        component::keep(project, &self.file(), component, start)
    }

    fn file(&self) -> String {
        format!("guest-{}.wasm", self.name)
    }

    /// What may be there from another day is not what the sources say now.
    fn remove(&self, project: &Project) -> Result<()> {
        match fs::remove_file(project.root.join("dist").join(self.file())) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

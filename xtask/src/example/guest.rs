//! The guests: the world `example:guest/guest` in several languages. Each becomes a component that is
//! composed with envoi's and called in wasmtime.

use std::time::Instant;

use anyhow::Result;

use super::{c, go, javascript, python, rust};
use crate::{
    component, process::run, program, project::Project, report::Report, toolchain::Toolchain,
    unavailable,
};

pub(crate) struct Guest {
    /// `dist/guest-NAME.wasm` is its component.
    pub name: &'static str,
    /// The language's name for people.
    pub language: &'static str,
    pub build: fn(&Project, &Toolchain) -> Result<()>,
}

pub(crate) const GUESTS: &[&Guest] = &[
    &rust::GUEST,
    &javascript::GUEST,
    &python::GUEST,
    &c::GUEST,
    &go::GUEST,
];

/// Builds all guests for their tests, and reports those that this machine cannot have the tools for.
pub(crate) fn build_all(project: &Project, toolchain: &Toolchain, report: &Report) -> Result<()> {
    for guest in GUESTS {
        let what = format!("the guest in {}", guest.language);
        let built = (guest.build)(project, toolchain);
        unavailable::reported(built, &what, project, &guest.file(), report)?;
    }
    Ok(())
}

impl Guest {
    pub(crate) fn about(&self) -> String {
        format!("a guest in {}, composed with the component", self.language)
    }

    /// Builds the guest, and calls it beside a server on loopback.
    pub(crate) fn show(&self, project: &Project) -> Result<()> {
        let toolchain = component::build_portable(project)?;
        (self.build)(project, &toolchain)?;
        let mailing = format!("mailing-{}.wasm", self.name);
        component::compose(project, &self.file(), &mailing)?;
        let mut host = program::build(
            project,
            "host-tests",
            "guest",
            "its host, wasmtime (some minutes, once)",
        )?;
        run(host.arg(project.root.join("dist").join(mailing)))
    }

    pub(crate) fn keep(&self, project: &Project, component: &[u8], start: Instant) -> Result<()> {
        component::keep(project, &self.file(), component, start)
    }

    fn file(&self) -> String {
        format!("guest-{}.wasm", self.name)
    }
}

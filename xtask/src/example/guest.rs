//! The guests: the world `example:guest/guest` in several languages. Each becomes a component that is
//! composed with envoi's and called in wasmtime.

use std::{path::Path, time::Instant};

use anyhow::{Error, Result, bail, ensure};

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
    /// The example's folder.
    pub folder: &'static str,
    /// Makes a component of a folder that has what the example's has.
    pub make: fn(&Project, &Toolchain, &Path) -> Result<Vec<u8>>,
}

pub(crate) const GUESTS: &[&Guest] = &[
    &rust::GUEST,
    &javascript::GUEST,
    &python::GUEST,
    &c::GUEST,
    &go::GUEST,
];

/// `cargo xtask guest LANGUAGE FOLDER`: makes a component of a person's own guest, composed with envoi.
pub(crate) fn make_own(project: &Project, language: &str, folder: &Path) -> Result<()> {
    let Some(guest) = GUESTS.iter().find(|guest| guest.name == language) else {
        let known: Vec<_> = GUESTS.iter().map(|guest| guest.name).collect();
        bail!("no language `{language}`, but {}", known.join(", "));
    };
    ensure!(
        folder.join("wit").is_dir(),
        "{} has no folder `wit`: begin with a copy of {}",
        folder.display(),
        guest.folder
    );
    // Tools run in other folders.
    let folder = folder.canonicalize()?;
    let toolchain = component::build_portable(project)?;
    let component = (guest.make)(project, &toolchain, &folder)?;
    let (own, composed) = (folder.join("guest.wasm"), folder.join("mailing.wasm"));
    component::replace(&own, &component)?;
    component::plug(project, &own, &composed)?;
    // The guest is made, with or without something to run it.
    let wasmtime = setup::any_wasmtime().unwrap_or_else(|_| "wasmtime".into());
    println!(
        "guest: {}, composed with envoi; to call it:\n\n    {} run -S inherit-network,allow-ip-name-lookup \
         --invoke 'FUNCTION(ARGUMENTS)' {}",
        composed.display(),
        wasmtime.display(),
        composed.display()
    );
    Ok(())
}

/// Builds all guests for their tests, and reports those that this machine cannot have the tools for.
pub(crate) fn build_all(project: &Project, toolchain: &Toolchain, report: &Report) -> Result<()> {
    for guest in GUESTS {
        let what = format!("the guest in {}", guest.language);
        let built = guest.build(project, toolchain);
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
        // If it is missing, the user hears so before minutes of compiling.
        setup::any_wasmtime().map_err(Error::msg)?;
        let toolchain = component::build_portable(project)?;
        self.build(project, &toolchain)?;
        let mailing = format!("mailing-{}.wasm", self.name);
        component::compose(project, &self.file(), &mailing)?;
        let mut host = program::build(
            project,
            "demo",
            "guest",
            "its mail server (half a minute, once)",
        )?;
        run(host.arg(project.root.join("dist").join(mailing)))
    }

    fn build(&self, project: &Project, toolchain: &Toolchain) -> Result<()> {
        let start = Instant::now();
        let component = (self.make)(project, toolchain, &project.root.join(self.folder))?;
        component::keep(project, &self.file(), &component, start)
    }

    fn file(&self) -> String {
        format!("guest-{}.wasm", self.name)
    }
}

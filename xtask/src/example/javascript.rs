//! `examples/guest-javascript`: jco puts the guest and QuickJS into a component.

use std::{fs, time::Instant};

use anyhow::{Context, Result};

use super::{guest::Guest, jco, wit};
use crate::{process::run, project::Project};

pub(super) const GUEST: Guest = Guest {
    name: "javascript",
    language: "JavaScript",
    build: |project, _| build(project),
};

fn build(project: &Project) -> Result<()> {
    let start = Instant::now();
    let folder = project.root.join("examples/guest-javascript");
    let jco = jco::fetch(&folder)?;
    wit::fetch(project, &folder)?;
    for script in ["types", "build"] {
        run(jco.npm(&folder)?.args(["run", "--silent", script]))?;
    }
    let guest = fs::read(folder.join("guest.wasm")).context("jco left no guest.wasm")?;
    GUEST.keep(project, &guest, start)
}

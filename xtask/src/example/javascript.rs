//! `examples/guest-javascript`: jco puts it and QuickJS into a component.

use std::{fs, time::Instant};

use anyhow::{Context, Result};

use super::{Example, guest::Guest, jco, wit};
use crate::{component, process::run, project::Project};

pub const EXAMPLE: Example = Example {
    name: "javascript",
    about: "a guest in JavaScript, composed with the component",
    show: |project| GUEST.show(project),
};

pub const GUEST: Guest = Guest {
    language: "JavaScript",
    file: "guest-javascript.wasm",
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
    component::keep(project, GUEST.file, &guest, start)
}

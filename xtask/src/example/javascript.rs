//! `examples/guest-javascript`: jco puts the guest and QuickJS into a component.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use super::{guest::Guest, jco, wit};
use crate::{process::run, project::Project};

pub(super) const GUEST: Guest = Guest {
    name: "javascript",
    language: "JavaScript",
    folder: "examples/guest-javascript",
    make: |project, _, folder| make(project, folder),
};

fn make(project: &Project, folder: &Path) -> Result<Vec<u8>> {
    let jco = jco::fetch(folder)?;
    wit::fetch(project, folder)?;
    for script in ["types", "build"] {
        run(jco.npm(folder)?.args(["run", "--silent", script]))?;
    }
    fs::read(folder.join("guest.wasm")).context("jco left no guest.wasm")
}

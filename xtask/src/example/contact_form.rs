//! The contact form in two languages: a handler of HTTP requests, composed with envoi's component and served
//! by `wasmtime serve`.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};

use super::{Example, fresh::is_fresh, jco, wit};
use crate::{
    component, process::run, program, project::Project, report::Report, toolchain::Toolchain,
    unavailable,
};

pub(crate) const RUST: Example = Example {
    name: "contact-form",
    about: "a page whose form sends mail, served by wasmtime",
    show: |project| {
        let toolchain = component::build_portable(project)?;
        component::build_contact_form(project, &toolchain)?;
        serve(project, "contact-form.wasm")
    },
};

pub(crate) const JAVASCRIPT: Example = Example {
    name: "contact-form-js",
    about: "the same in JavaScript",
    show: |project| {
        component::build_portable(project)?;
        build_javascript(project)?;
        serve(project, COMPOSED)
    },
};

const HANDLER: &str = "contact-form-js-handler.wasm";
const COMPOSED: &str = "contact-form-js.wasm";

/// Builds both for their tests.
pub(crate) fn build_all(project: &Project, toolchain: &Toolchain, report: &Report) -> Result<()> {
    component::build_contact_form(project, toolchain)?;
    let built = build_javascript(project);
    unavailable::reported(
        built,
        "the contact form in JavaScript",
        project,
        COMPOSED,
        report,
    )
}

/// `dist/contact-form-js.wasm`. jco puts the handler and StarlingMonkey into a component, in a quarter of a
/// minute.
fn build_javascript(project: &Project) -> Result<()> {
    let start = Instant::now();
    let folder = project.root.join("examples/contact-form-js");
    let jco = jco::fetch(&folder)?;
    wit::fetch(project, &folder)?;
    let made = folder.join("contact-form.wasm");
    if !is_fresh(&made, &sources(&folder))? {
        run(jco.npm(&folder)?.args(["run", "--silent", "build"]))?;
    }
    let handler = fs::read(made).context("jco left no contact-form.wasm")?;
    component::keep(project, HANDLER, &handler, start)?;
    component::compose(project, HANDLER, COMPOSED)
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    ["src", "pages", "wit", "package.json", "rolldown.config.js"]
        .map(|name| folder.join(name))
        .into()
}

/// Serves the page beside a mail server on loopback, until the person ends it.
fn serve(project: &Project, file: &str) -> Result<()> {
    let mut host = program::build(
        project,
        "example-tests",
        "contact-form",
        "its mail server (a minute, once)",
    )?;
    run(host.arg(file))
}

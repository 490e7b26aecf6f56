//! The callers for WASI 0.3: guests in Rust and Python, a program for Node, and an HTTP handler.

use std::{fs, time::Instant};

use anyhow::Result;

use super::{Example, jco, python};
use crate::{
    component, process::run, program, project::Project, report::Report, toolchain::Toolchain,
    unavailable,
};

pub(super) const EXAMPLES: &[Example] = &[
    Example {
        name: "rust-async",
        about: "WASI 0.3: a guest in Rust that sends ten messages at the same time",
        show: |project| {
            let toolchain = component::build_async(project)?;
            component::build_guest_async(project, &toolchain)?;
            show(project, &["announce", RUST])
        },
    },
    Example {
        name: "python-async",
        about: "WASI 0.3: the same in Python",
        show: |project| {
            component::build_async(project)?;
            build_python(project)?;
            show(project, &["announce", PYTHON])
        },
    },
    Example {
        name: "node-async",
        about: "WASI 0.3: the same in a program for Node",
        show: |project| {
            component::build_async(project)?;
            transpile(project)?;
            show(project, &["node"])
        },
    },
    Example {
        name: "http-async",
        about: "WASI 0.3: an HTTP handler that sends while it streams its answer",
        show: |project| {
            let toolchain = component::build_async(project)?;
            component::build_http_async(project, &toolchain)?;
            show(project, &["http"])
        },
    },
];

const RUST: &str = "announce-rust.wasm";
const PYTHON: &str = "announce-python.wasm";
const PYTHON_GUEST: &str = "guest-python-async.wasm";
/// What the program for Node imports.
const MODULE: &str = "node-async/envoi.js";

/// Builds all for their tests, and reports those that this machine cannot have the tools for.
pub(crate) fn build_all(project: &Project, toolchain: &Toolchain, report: &Report) -> Result<()> {
    component::build_guest_async(project, toolchain)?;
    component::build_http_async(project, toolchain)?;
    let (python, node) = (build_python(project), transpile(project));
    let what = "the guest in Python for WASI 0.3";
    unavailable::reported(python, what, project, PYTHON, report)?;
    let what = "the program for Node with WASI 0.3";
    unavailable::reported(node, what, project, MODULE, report)
}

fn build_python(project: &Project) -> Result<()> {
    let start = Instant::now();
    let folder = project.root.join("examples/guest-python-async");
    let guest = python::componentize(project, &folder)?;
    component::keep(project, PYTHON_GUEST, &guest, start)?;
    component::compose_async(project, PYTHON_GUEST, PYTHON)
}

/// `dist/node-async`: what jco makes of the component.
pub(crate) fn transpile(project: &Project) -> Result<()> {
    let folder = project.root.join("examples/node-async");
    // The jco of the npm package is the same version.
    let jco = jco::fetch(&project.root.join("npm"))?;
    fs::copy(
        project.root.join("dist/envoi-p3.wasm"),
        folder.join("envoi-p3.wasm"),
    )?;
    run(jco.npm(&folder)?.args(["run", "--silent", "transpile"]))?;
    let made = project.root.join("dist/node-async");
    fs::create_dir_all(&made)?;
    for name in ["envoi.js", "envoi.core.wasm"] {
        fs::copy(folder.join("envoi").join(name), made.join(name))?;
    }
    println!("example: dist/node-async/envoi.js, from dist/envoi-p3.wasm");
    Ok(())
}

/// Runs it beside a mail server on loopback, and shows the conversation.
fn show(project: &Project, arguments: &[&str]) -> Result<()> {
    let mut program = program::build(
        project,
        "example-tests",
        "wasi03",
        "its mail server (a minute, once)",
    )?;
    run(program.args(arguments))
}

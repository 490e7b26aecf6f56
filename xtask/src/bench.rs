//! The benchmark, which lives in a crate of its own, as it needs a host for the component.

use anyhow::Result;

use crate::{component, process::run, project::Project};

/// Measures, and writes docs/performance.md.
pub fn tls(project: &Project) -> Result<()> {
    component::build(project)?;
    if !project.target.join("release/bench").exists() {
        eprintln!(
            "bench: compiling its WebAssembly host, wasmtime, optimised (some minutes, once)"
        );
    }
    let mut cargo = project.cargo();
    cargo.args(["run", "--release", "--package", "bench", "--"]);
    cargo.args([
        "dist/envoi.wasm",
        "dist/envoi-wide.wasm",
        "docs/performance.md",
    ]);
    run(&mut cargo)
}

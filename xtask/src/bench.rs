//! The benchmarks. They are a crate of their own, because they need a host for the component.

use anyhow::{Result, bail};

use crate::{component, process::run, project::Project};

/// The parts that have a binary of their own.
const ALONE: &[&str] = &["tls", "arithmetic", "compose"];

/// The parts that the binary `mail` measures.
const PARTS: &[&str] = &[
    "rounds",
    "throughput",
    "cold",
    "bulk",
    "calls",
    "growth",
    "pool",
];

/// The components for WASI 0.2.
const SYNC: &[&str] = &["dist/envoi.wasm", "dist/envoi-wide.wasm"];

/// Those, and the one for WASI 0.3.
const ALL: &[&str] = &[
    "dist/envoi.wasm",
    "dist/envoi-wide.wasm",
    "dist/envoi-p3.wasm",
];

/// Measures the named parts, or all, and writes bench/results.md.
pub(crate) fn measure(project: &Project, parts: &[&str]) -> Result<()> {
    let is_known = |part: &&str| ALONE.contains(part) || PARTS.contains(part);
    if let Some(unknown) = parts.iter().find(|part| !is_known(part)) {
        let known = [ALONE, PARTS].concat().join(", ");
        bail!("cannot measure `{unknown}`: {known}");
    }
    let is_wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    if is_wanted("tls") {
        on_components(project, "bench", SYNC, &[])?;
    }
    if is_wanted("arithmetic") {
        arithmetic(project)?;
    }
    if is_wanted("compose") {
        on_components(project, "composing", SYNC, &[])?;
    }
    let wanted: Vec<_> = PARTS
        .iter()
        .copied()
        .filter(|part| is_wanted(part))
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    on_components(project, "mail", ALL, &wanted)
}

/// Runs a binary of `bench` that measures components.
fn on_components(
    project: &Project,
    binary: &str,
    components: &[&str],
    parts: &[&str],
) -> Result<()> {
    component::build(project)?;
    if !project.target.join("release").join(binary).exists() {
        eprintln!(
            "bench: compiling its WebAssembly host, wasmtime, optimised (some minutes, once)"
        );
    }
    let mut cargo = project.cargo();
    cargo.args(["run", "--release", "--package", "bench", "--bin", binary]);
    cargo.arg("--").args(components);
    cargo.arg("bench/results.md");
    cargo.args(parts);
    run(&mut cargo)
}

fn arithmetic(project: &Project) -> Result<()> {
    let modules = component::build_arithmetic(project)?;
    let mut cargo = project.cargo();
    cargo.args([
        "run",
        "--release",
        "--package",
        "bench",
        "--bin",
        "arithmetic",
    ]);
    cargo.arg("--").args(modules).arg("bench/results.md");
    run(&mut cargo)
}

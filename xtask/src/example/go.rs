//! `examples/guest-go`: wit-bindgen's Go, compiled by Go itself for WASI preview 1. The Bytecode Alliance's
//! adapter translates that to WASI 0.2.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

use super::{bindings, guest::Guest, tools, wit};
use crate::{process::run, project::Project, unavailable::Unavailable};

pub(super) const GUEST: Guest = Guest {
    name: "go",
    language: "Go",
    folder: "examples/guest-go",
    make: |project, _, folder| make(project, folder),
};

fn make(project: &Project, folder: &Path) -> Result<Vec<u8>> {
    tools::pip("go", &[setup::GO])?;
    wit::fetch(project, folder)?;
    let generator = wit_bindgen_go::Opts::default().build();
    bindings::write(generator, folder, ".")?;
    fs::write(folder.join("go.work"), workspace(&runtime(project)?))?;
    compile(folder)?;
    encode(folder)
}

fn compile(folder: &Path) -> Result<()> {
    let mut build = setup::go().map_err(Unavailable)?;
    build.args(["build", "-buildmode=c-shared", "-o", "guest.core.wasm"]);
    // The bindings allocate through a function of Go's runtime that is not public.
    build.arg("-ldflags=-checklinkname=0 -s -w");
    build.envs([("GOOS", "wasip1"), ("GOARCH", "wasm")]);
    run(build.current_dir(folder))
}

/// The Go runtime of the bindings, inside the generator's own package. On other machines `go mod tidy` fetches
/// the same.
fn runtime(project: &Project) -> Result<PathBuf> {
    let metadata = project.metadata(&[])?;
    let packages = metadata["packages"].as_array();
    let generator = packages
        .into_iter()
        .flatten()
        .find(|package| package["name"] == "wit-bindgen-go");
    let manifest = generator.and_then(|package| package["manifest_path"].as_str());
    let manifest = manifest.context("cargo does not know wit-bindgen-go")?;
    Ok(Path::new(manifest).with_file_name("src/pkg"))
}

fn workspace(runtime: &Path) -> String {
    let runtime = runtime.display();
    format!("go 1.25\n\nuse .\n\nreplace go.bytecodealliance.org/pkg => \"{runtime}\"\n")
}

/// `wasm-tools component embed`, then `wasm-tools component new --adapt`.
fn encode(folder: &Path) -> Result<Vec<u8>> {
    let mut module = fs::read(folder.join("guest.core.wasm"))?;
    let (resolve, world) = wit::world(folder)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    let mut encoder = ComponentEncoder::default();
    let component = encoder
        .debug_names(false)
        .validate(true)
        .module(&module)?
        .adapter(
            WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
            WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        )?
        .encode();
    component.context("cannot make a component of Go's module")
}

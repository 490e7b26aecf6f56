//! `examples/guest-c`: wit-bindgen's C, compiled by the clang that comes with Zig, and the wasi-libc
//! in it.

use std::{path::Path, process::Command, time::Instant};

use anyhow::Result;

use super::{bindings, guest::Guest, tools, wit};
use crate::{component, process::run, project::Project};

pub const GUEST: Guest = Guest {
    name: "c",
    language: "C",
    build: |project, _| build(project),
};

fn build(project: &Project) -> Result<()> {
    let start = Instant::now();
    let folder = project.root.join("examples/guest-c");
    let zig = tools::pip("zig", &[setup::ZIG])?;
    wit::fetch(project, &folder)?;
    let generator = wit_bindgen_c::Opts::default().build();
    bindings::write(generator, &folder, "gen")?;
    compile(&zig, &folder)?;
    let guest = component::encode(&folder.join("guest.core.wasm"))?;
    GUEST.keep(project, &guest, start)
}

/// A reactor: no `main`, but functions to call.
fn compile(zig: &Path, folder: &Path) -> Result<()> {
    let mut cc = Command::new(zig.join("ziglang/zig"));
    cc.args(["cc", "--target=wasm32-wasi", "-mexec-model=reactor"]);
    cc.args(["-Os", "-Wall", "-Wextra", "-Werror", "-Igen"]);
    cc.args(["-o", "guest.core.wasm", "guest.c"]);
    cc.args(["gen/guest.c", "gen/guest_component_type.o"]);
    cc.current_dir(folder);
    // Where it keeps the libc that it compiles once.
    cc.env("ZIG_GLOBAL_CACHE_DIR", setup::home().join("zig-cache"));
    run(&mut cc)
}

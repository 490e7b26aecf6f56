//! `examples/guest-c`: wit-bindgen's C, compiled by the clang and the wasi-libc that come with Zig.

use std::{path::Path, process::Command};

use anyhow::Result;

use super::{bindings, guest::Guest, tools, wit};
use crate::{component, process::run, project::Project};

pub(super) const GUEST: Guest = Guest {
    name: "c",
    language: "C",
    folder: "examples/guest-c",
    make: |project, _, folder| make(project, folder),
};

fn make(project: &Project, folder: &Path) -> Result<Vec<u8>> {
    let zig = tools::pip("zig", &[setup::ZIG])?;
    wit::fetch(project, folder)?;
    let generator = wit_bindgen_c::Opts::default().build();
    bindings::write(generator, folder, "gen")?;
    compile(&zig, folder)?;
    component::encode(&folder.join("guest.core.wasm"))
}

/// A reactor: functions to call, and no `main`.
fn compile(zig: &Path, folder: &Path) -> Result<()> {
    let mut cc = Command::new(zig.join("ziglang/zig"));
    cc.args(["cc", "--target=wasm32-wasi", "-mexec-model=reactor"]);
    cc.args(["-Os", "-Wall", "-Wextra", "-Werror", "-Igen"]);
    cc.args(["-o", "guest.core.wasm", "guest.c"]);
    cc.args(["gen/guest.c", "gen/guest_component_type.o"]);
    cc.current_dir(folder);
    // Zig compiles its libc once, and keeps it here.
    cc.env("ZIG_GLOBAL_CACHE_DIR", setup::home().join("zig-cache"));
    run(&mut cc)
}

//! Builds the published release of the component. The C code of ring is compiled by the clang in Zig.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::machine::locked;

const NAME: &str = "wasm-smtp-component";
const TARGET: &str = "wasm32-wasip2";

/// Its name and version.
pub fn version() -> String {
    locked(&folder().join("Cargo.lock"), NAME)
}

/// The path of the built component, or why this machine cannot have it.
pub fn build() -> Result<PathBuf, String> {
    let built = attempt();
    if let Err(why) = &built {
        eprintln!("bench: there is no {NAME}: {why}");
    }
    built
}

fn attempt() -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers");
    let component = target.join(TARGET).join("release/wasm_smtp_component.wasm");
    if !component.exists() {
        eprintln!("bench: building {} (about a minute, once)", version());
    }
    let zig = setup::pip("zig", &[setup::ZIG])?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--locked", "--package", NAME]);
    cargo.args(["--target", TARGET, "--manifest-path"]);
    cargo.arg(folder().join("Cargo.toml"));
    cargo.arg("--target-dir").arg(&target);
    cargo.env("CC_wasm32_wasip2", folder().join("cc"));
    cargo.env("ZIG", zig.join("ziglang/zig"));
    // Zig compiles a libc once and keeps it here.
    cargo.env("ZIG_GLOBAL_CACHE_DIR", setup::home().join("zig-cache"));
    setup::run(&mut cargo)?;
    Ok(component)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/wasm-smtp")
}

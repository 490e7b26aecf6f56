//! The callers for WASI 0.3, as commands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::hosts::javascript;
use crate::{dist, site};

/// The oldest and the newest Node that were tried. Earlier ones cannot suspend WebAssembly.
pub const NODES: [&str; 2] = ["24.21.0", "26.10.0"];

/// In the versions of its `package.json`.
const SHIM: &str = "@bytecodealliance/preview3-shim@0.7.0";

/// wasmtime with the function `announce` of a composed guest, a file of `dist/`.
pub fn announce(file: &str, server: &str, to: &[String]) -> Result<Command, String> {
    let wasmtime = site::wasmtime()?;
    let mut command = Command::new(&wasmtime);
    command.args(["run", "-S", "inherit-network,allow-ip-name-lookup"]);
    command.arg("--allow-precompiled");
    command.args(["--invoke", &format!("announce({server:?}, {to:?})")]);
    command.arg(site::precompiled(&wasmtime, file)?);
    Ok(command)
}

/// Node of this version with a program, whose arguments follow.
pub fn node(version: &str, program: &Path) -> Result<Command, String> {
    let mut node = Command::new(javascript::node(version)?);
    node.arg(program);
    Ok(node)
}

/// A project with the program, as its user has it after `npm install` and `npm run transpile`. Made once a process:
/// tests that run at the same time read its files.
pub fn project() -> Result<&'static Path, String> {
    static PROJECT: LazyLock<Result<PathBuf, String>> = LazyLock::new(make_project);
    PROJECT.as_deref().map_err(Clone::clone)
}

fn make_project() -> Result<PathBuf, String> {
    let made = dist().join("node-async");
    if !made.exists() {
        return Err("`cargo xtask example node-async` has not made its module".into());
    }
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/node-async");
    let folder = setup::npm("example-node-async", &[SHIM])?;
    let copies = [
        (example.join("package.json"), "package.json"),
        (example.join("send.mjs"), "send.mjs"),
        (made.join("envoi.js"), "envoi/envoi.js"),
        (made.join("envoi.core.wasm"), "envoi/envoi.core.wasm"),
    ];
    let said = |error| format!("{} cannot be written: {error}", folder.display());
    fs::create_dir_all(folder.join("envoi")).map_err(said)?;
    for (from, to) in copies {
        fs::copy(from, folder.join(to)).map_err(said)?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_shim_is_the_one_of_the_example() {
        let manifest = include_str!("../../examples/node-async/package.json");
        let (name, version) = super::SHIM.rsplit_once('@').unwrap();
        assert!(manifest.contains(&format!("\"{name}\": \"{version}\"")));
    }
}

//! Binaryen's `wasm-opt`, which makes a core module a tenth smaller.
//!
//! It is compiled to WebAssembly itself, in an npm package: the same on every machine, and installed below
//! `target/`. Without Node.js the build goes on without it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

const PACKAGE: &str = "binaryen@132.0.0";

/// Smallest size, repeated until nothing changes. Then the most used locals and functions get the shortest
/// numbers. The lowest 1,024 octets of memory are the far end of the stack, so no pointer to a value leads there,
/// and an offset may become part of a load or store.
const LEVEL: [&str; 5] = [
    "-Oz",
    "--converge",
    "--low-memory-unused",
    "--reorder-locals",
    "--reorder-functions",
];

/// The features that the compiler uses. wasm-opt must not use others.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
    "--enable-wide-arithmetic",
];

/// Writes the smaller module beside the original and returns its path. The error says why wasm-opt is
/// unavailable.
pub(crate) fn optimize(module: &Path) -> Result<PathBuf, String> {
    // Version and level are part of the name: other ones do not reuse this file.
    let output = module.with_extension(format!("{PACKAGE}{}.wasm", LEVEL.concat()));
    if written(&output) > written(module) {
        return Ok(output);
    }
    let binaryen = fetch()?;
    let half = output.with_extension("new");
    let mut node = Command::new("node");
    node.arg(binaryen.join("node_modules/binaryen/bin/wasm-opt"));
    node.args(LEVEL).args(FEATURES);
    setup::run(node.arg(module).arg("--output").arg(&half))?;
    fs::rename(&half, &output)
        .map_err(|error| format!("{} cannot be written: {error}", output.display()))?;
    Ok(output)
}

/// Its folder below `target/`. The error says why it is unavailable.
pub(crate) fn fetch() -> Result<PathBuf, String> {
    setup::npm("binaryen", &[PACKAGE])
}

/// `None` if there is no such file.
fn written(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

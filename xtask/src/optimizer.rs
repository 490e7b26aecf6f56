//! Binaryen's `wasm-opt`, which takes a tenth off a core module.
//!
//! It is itself compiled to WebAssembly, in a package for Node.js: the same everywhere, and fetched below
//! `target/`. The build does without where Node.js is not.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

const PACKAGE: &str = "binaryen@132.0.0";

/// The least size, and again as long as that takes something off.
const LEVEL: [&str; 2] = ["-Oz", "--converge"];

/// What the compiler makes use of. Of others, wasm-opt is to make none.
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

/// The module made small, beside it; otherwise why there is none.
pub fn optimize(module: &Path) -> Result<PathBuf, String> {
    // Of what made it, too: a file of before is not taken for one that these would make.
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

/// The folder that it is in, below `target/`; otherwise why it is not here.
pub fn fetch() -> Result<PathBuf, String> {
    setup::npm("binaryen", &[PACKAGE])
}

/// None where there is no such file.
fn written(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

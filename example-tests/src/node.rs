//! Node projects with the package of `dist/npm/envoi`, installed as a user installs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dist;

/// Creates an empty project in the folder, and installs the package into it.
pub fn project(folder: &Path) -> Result<(), String> {
    let made = dist().join("npm/envoi");
    if !made.exists() {
        return Err("`cargo xtask npm` has not made it".into());
    }
    let said = |error| format!("{} cannot be made anew: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(said)?;
    }
    fs::create_dir_all(folder).map_err(said)?;
    fs::write(folder.join("package.json"), r#"{ "type": "module" }"#).map_err(said)?;
    let mut pack = Command::new("npm");
    pack.args(["pack", "--pack-destination"]).arg(folder);
    let packed = setup::run(pack.arg(made))?;
    let archive = packed.trim().lines().last().unwrap_or_default();
    let mut install = Command::new("npm");
    install.args(["install", "--no-audit", "--no-fund"]);
    setup::run(install.arg(format!("./{archive}")).current_dir(folder)).map(drop)
}

/// A project with the program of `examples/node`; returns the program's path.
pub fn example() -> Result<PathBuf, String> {
    let folder = setup::folder("example-node");
    project(&folder)?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/node/send.mjs");
    let program = folder.join("send.mjs");
    fs::copy(source, &program).map_err(|error| format!("send.mjs cannot be copied: {error}"))?;
    Ok(program)
}

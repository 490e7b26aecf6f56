//! `examples/guest-python`: componentize-py puts the guest and CPython into a component. That for WASI 0.3 is made
//! alike.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::{fresh, guest::Guest, tools, wit};
use crate::{process::run, project::Project};

pub(super) const GUEST: Guest = Guest {
    name: "python",
    language: "Python",
    folder: "examples/guest-python",
    make: |project, _, folder| componentize(project, folder),
};

/// Makes a component of the module in the folder that has the class `WitWorld`.
pub(super) fn componentize(project: &Project, folder: &Path) -> Result<Vec<u8>> {
    let requirements = fs::read_to_string(folder.join("requirements.txt"))?;
    let packages: Vec<_> = requirements.lines().collect();
    let componentize = tools::pip("componentize-py", &packages)?;
    wit::fetch(project, folder)?;
    let made = folder.join("guest.wasm");
    let (modules, main) = modules(folder)?;
    let others = ["requirements.txt", "wit"].map(|name| folder.join(name));
    let sources = [modules, others.into()].concat();
    if !fresh::is_fresh(&made, &sources)? {
        let command = |arguments: &[&str]| {
            let mut command = Command::new(componentize.join("bin/componentize-py"));
            command.env("PYTHONPATH", &componentize).current_dir(folder);
            command.args(["--wit-path", "wit", "--world", "guest"]);
            run(command.args(arguments))
        };
        eprintln!("example: componentize-py puts CPython and the guest together (some seconds)");
        // componentize-py does not overwrite files.
        let bindings = folder.join("bindings");
        if bindings.exists() {
            fs::remove_dir_all(&bindings)?;
        }
        command(&["bindings", "bindings"])?;
        command(&["componentize", &main, "--output", "guest.wasm"])?;
    }
    fs::read(made).context("componentize-py left no guest.wasm")
}

/// All modules in the folder, and the name of the one that exports the world's functions.
fn modules(folder: &Path) -> Result<(Vec<PathBuf>, String)> {
    let (mut all, mut main) = (Vec::new(), None);
    for file in fs::read_dir(folder)? {
        let file = file?.path();
        if file.extension().is_some_and(|kind| kind == "py") {
            if fs::read_to_string(&file)?.contains("class WitWorld") {
                main = file.file_stem().map(|name| name.display().to_string());
            }
            all.push(file);
        }
    }
    let main = main.with_context(|| {
        let folder = folder.display();
        format!(
            "no module in {folder} has a `class WitWorld`, whose methods are the world's exports"
        )
    })?;
    Ok((all, main))
}

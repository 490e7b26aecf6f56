//! `examples/guest-python`: componentize-py puts the guest and CPython into a component. That for WASI 0.3 is made
//! alike.

use std::{fs, path::Path, process::Command, time::Instant};

use anyhow::{Context, Result};

use super::{fresh, guest::Guest, tools, wit};
use crate::{process::run, project::Project};

pub(super) const GUEST: Guest = Guest {
    name: "python",
    language: "Python",
    build: |project, _| build(project),
};

fn build(project: &Project) -> Result<()> {
    let start = Instant::now();
    let folder = project.root.join("examples/guest-python");
    GUEST.keep(project, &componentize(project, &folder)?, start)
}

/// Makes a component of `shop.py` in an example's folder.
pub(super) fn componentize(project: &Project, folder: &Path) -> Result<Vec<u8>> {
    let requirements = fs::read_to_string(folder.join("requirements.txt"))?;
    let packages: Vec<_> = requirements.lines().collect();
    let componentize = tools::pip("componentize-py", &packages)?;
    wit::fetch(project, folder)?;
    let made = folder.join("guest.wasm");
    let sources = ["shop.py", "requirements.txt", "wit"].map(|name| folder.join(name));
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
        command(&[
            "componentize",
            "--stub-wasi",
            "shop",
            "--output",
            "guest.wasm",
        ])?;
    }
    fs::read(made).context("componentize-py left no guest.wasm")
}

//! `examples/guest-python`: componentize-py puts it and CPython into a component.

use std::{fs, process::Command, time::Instant};

use anyhow::{Context, Result};

use super::{Example, fresh, guest::Guest, wit};
use crate::{component, process::run, project::Project, unavailable::Unavailable};

pub const EXAMPLE: Example = Example {
    name: "python",
    about: "a guest in Python, composed with the component",
    show: |project| GUEST.show(project),
};

pub const GUEST: Guest = Guest {
    language: "Python",
    file: "guest-python.wasm",
    build: |project, _| build(project),
};

fn build(project: &Project) -> Result<()> {
    let start = Instant::now();
    let folder = project.root.join("examples/guest-python");
    let requirements = fs::read_to_string(folder.join("requirements.txt"))?;
    let packages: Vec<_> = requirements.lines().collect();
    let tools = setup::pip("componentize-py", &packages).map_err(Unavailable)?;
    let tools = tools.canonicalize()?;
    wit::fetch(project, &folder)?;
    let made = folder.join("guest.wasm");
    let sources = ["shop.py", "requirements.txt", "wit"].map(|name| folder.join(name));
    if !fresh::is_fresh(&made, &sources)? {
        let command = |arguments: &str| {
            let mut command = Command::new(tools.join("bin/componentize-py"));
            command.env("PYTHONPATH", &tools).current_dir(&folder);
            command.args(["--wit-path", "wit", "--world", "guest"]);
            run(command.args(arguments.split(' ')))
        };
        command("bindings .")?;
        command("componentize --stub-wasi shop --output guest.wasm")?;
    }
    let guest = fs::read(made).context("componentize-py left no guest.wasm")?;
    component::keep(project, GUEST.file, &guest, start)
}

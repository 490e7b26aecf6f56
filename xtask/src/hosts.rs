//! The matrix of hosts, a program of `example-tests`: it runs the same programs as they.

use anyhow::Result;

use crate::{component, example::wasi03, npm, process::run, project::Project};

/// Delivers a message in each host, and writes the table of docs/hosts.md.
pub(crate) fn measure(project: &Project) -> Result<()> {
    let toolchain = component::build(project)?;
    component::build_cli_wide(project, &toolchain)?;
    npm::package(project)?;
    wasi03::transpile(project)?;
    let mut cargo = project.cargo();
    cargo.args(["run", "--package", "example-tests", "--bin", "hosts", "--"]);
    run(cargo.arg("docs/hosts.md"))
}

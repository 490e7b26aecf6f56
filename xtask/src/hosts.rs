//! The matrix of hosts, which lives beside the tests of examples: it runs what they run.

use anyhow::Result;

use crate::{component, npm, process::run, project::Project};

/// Has each host deliver a message, and writes the table of docs/hosts.md.
pub fn measure(project: &Project) -> Result<()> {
    let toolchain = component::build(project)?;
    component::build_cli_wide(project, &toolchain)?;
    npm::package(project)?;
    let mut cargo = project.cargo();
    cargo.args(["run", "--package", "example-tests", "--bin", "hosts", "--"]);
    run(cargo.arg("docs/hosts.md"))
}

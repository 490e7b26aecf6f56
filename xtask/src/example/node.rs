//! `examples/node`: a project that installs the npm package and uses it.

use super::Example;
use crate::{npm, process::run, project::Project};

pub(super) const EXAMPLE: Example = Example {
    name: "node",
    about: "a program for Node that has installed the npm package",
    show,
};

fn show(project: &Project) -> anyhow::Result<()> {
    npm::build(project)?;
    let mut cargo = project.cargo();
    run(cargo.args(["run", "--package", "example-tests", "--bin", "node"]))
}

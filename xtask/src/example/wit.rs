//! An example's `wit/`: its world, and in `wit/deps` the packages that the world uses, as WIT tools expect.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use wit_parser::{Resolve, WorldId};

use crate::{component::replace, project::Project};

/// Copies the packages into `wit/deps`, as a package manager does; git ignores them. With them the example's
/// folder is complete, and people can copy it.
pub(super) fn fetch(project: &Project, folder: &Path) -> Result<()> {
    let (wit, deps) = (project.root.join("wit"), folder.join("wit/deps"));
    let own = deps.join("envoi-mail");
    copy(&wit.join("smtp.wit"), &own.join("package.wit"))?;
    copy(&wit.join("compose.wit"), &own.join("compose.wit"))?;
    for package in fs::read_dir(wit.join("deps"))? {
        let package = package?;
        let target = deps.join(package.file_name());
        copy(
            &package.path().join("package.wit"),
            &target.join("package.wit"),
        )?;
    }
    Ok(())
}

/// The only world of the package in an example's `wit/`.
pub(super) fn world(folder: &Path) -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(folder.join("wit"))?;
    let world = resolve.select_world(&[package], None)?;
    Ok((resolve, world))
}

/// Leaves an equal file untouched, so that builds from it stay fresh.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let text = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    replace(to, &text).map(|_| ())
}

//! An example's `wit/`: its world, and in `wit/deps`, where WIT tools look for them, the packages that the
//! world stands on.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use wit_parser::{Resolve, WorldId};

use crate::{component::replace, project::Project};

/// Puts them there, as a package manager would; git ignores them. With them the example's folder is
/// whole, and can be copied.
pub fn fetch(project: &Project, folder: &Path) -> Result<()> {
    let (wit, deps) = (project.root.join("wit"), folder.join("wit/deps"));
    copy(&wit.join("smtp.wit"), &deps.join("envoi-mail/package.wit"))?;
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
pub fn world(folder: &Path) -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(folder.join("wit"))?;
    let world = resolve.select_world(&[package], None)?;
    Ok((resolve, world))
}

/// Where it is not the same already, lest what is made of it be made anew.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let text = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    replace(to, &text).map(|_| ())
}

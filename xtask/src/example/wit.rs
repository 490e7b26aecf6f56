//! An example's `wit/`: its world, and in `wit/deps` the packages that the world uses, as WIT tools expect.

use std::{collections::BTreeSet, ffi::OsString, fs, path::Path};

use anyhow::{Context, Result};
use wit_parser::{Resolve, WorldId};

use crate::{component::replace, project::Project};

/// Copies the packages into `wit/deps`, as a package manager does; git ignores them. With them the example's
/// folder is complete, and people can copy it.
pub(super) fn fetch(project: &Project, folder: &Path) -> Result<()> {
    let (wit, deps) = (project.root.join("wit"), folder.join("wit/deps"));
    mirror(&wit, &deps.join("envoi-mail"))?;
    for package in fs::read_dir(wit.join("deps"))? {
        let package = package?;
        mirror(&package.path(), &deps.join(package.file_name()))?;
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

/// Copies the files of a package. A file that the package no longer has goes, because it may define an interface
/// twice. An equal file is left untouched, so that builds from it stay fresh.
fn mirror(from: &Path, to: &Path) -> Result<()> {
    let names = file_names(from)?;
    for name in &names {
        let file = from.join(name);
        let text = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        replace(&to.join(name), &text)?;
    }
    for old in file_names(to)?.difference(&names) {
        fs::remove_file(to.join(old))?;
    }
    Ok(())
}

/// Of the WIT files in a folder.
fn file_names(folder: &Path) -> Result<BTreeSet<OsString>> {
    let mut names = BTreeSet::new();
    for file in fs::read_dir(folder)? {
        let name = file?.file_name();
        if Path::new(&name)
            .extension()
            .is_some_and(|kind| kind == "wit")
        {
            names.insert(name);
        }
    }
    Ok(names)
}

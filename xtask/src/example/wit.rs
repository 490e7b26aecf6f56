//! The WIT packages that an example's world stands on, in `wit/deps`, where WIT tools look for them.

use std::{fs, path::Path};

use anyhow::{Context, Result};

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

/// Where it is not the same already, lest what is made of it be made anew.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let text = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    replace(to, &text).map(|_| ())
}

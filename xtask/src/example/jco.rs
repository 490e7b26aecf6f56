//! jco, the Bytecode Alliance's JavaScript tools, in the versions of an example's `package.json`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde_json::Value;

use super::tools;

pub(crate) struct Jco {
    /// For `PATH`.
    commands: PathBuf,
}

/// Outside the example's folder: all examples with the same versions share one copy.
pub(crate) fn fetch(folder: &Path) -> Result<Jco> {
    let packages = packages(&folder.join("package.json"))?;
    let packages: Vec<_> = packages.iter().map(String::as_str).collect();
    let folder = tools::npm("jco", &packages)?;
    Ok(Jco {
        commands: folder.join("node_modules/.bin"),
    })
}

impl Jco {
    pub(crate) fn command(&self) -> Command {
        Command::new(self.commands.join("jco"))
    }

    /// npm, with jco on the `PATH` of its scripts.
    pub(crate) fn npm(&self, folder: &Path) -> Result<Command> {
        let path = env::var_os("PATH").unwrap_or_default();
        let paths = [self.commands.clone()]
            .into_iter()
            .chain(env::split_paths(&path));
        let mut npm = Command::new("npm");
        npm.current_dir(folder).env("PATH", env::join_paths(paths)?);
        Ok(npm)
    }
}

/// jco and the packages that it needs, in npm's form, such as `name@1.2.3`.
fn packages(file: &Path) -> Result<Vec<String>> {
    let said = || format!("cannot read {}", file.display());
    let package: Value = serde_json::from_slice(&fs::read(file).with_context(said)?)?;
    let kinds = ["dependencies", "devDependencies"].map(|kind| package[kind].as_object());
    let names = kinds
        .into_iter()
        .flatten()
        .flatten()
        .filter(|(name, _)| name.starts_with("@bytecodealliance/"))
        .map(|(name, version)| {
            let version = version.as_str().with_context(said)?;
            Ok(format!("{name}@{version}"))
        });
    let mut names: Vec<_> = names.collect::<Result<_>>()?;
    // Sorted: the same packages share a copy.
    names.sort();
    Ok(names)
}

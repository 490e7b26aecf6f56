//! The folders of the checkout, and cargo.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::answer;

pub(crate) struct Project {
    /// The checkout.
    pub root: PathBuf,
    /// Cargo's target directory, which a user may have elsewhere.
    pub target: PathBuf,
}

impl Project {
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .context("no CARGO_MANIFEST_DIR: start this with `cargo xtask`")?;
        let program = env::current_exe().context("the place of this program")?;
        let root = Path::new(&manifest)
            .parent()
            .context("xtask/ is not inside a checkout")?;
        // <target>/debug/xtask
        let target = program
            .ancestors()
            .nth(2)
            .context("xtask is not inside a target directory")?;
        Ok(Self {
            root: root.into(),
            target: target.into(),
        })
    }

    /// What `cargo metadata` says with these arguments.
    pub(crate) fn metadata(&self, arguments: &[&OsStr]) -> Result<Value> {
        let mut cargo = self.cargo();
        cargo.args(["metadata", "--format-version", "1"]);
        let said = answer(cargo.args(arguments)).context("`cargo metadata` fails")?;
        Ok(serde_json::from_str(&said)?)
    }

    /// The cargo that started this program, in the root of the checkout.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(&self.root);
        forget_this_package(&mut cargo);
        cargo
    }
}

/// Removes the variables that `cargo run` sets for xtask: build scripts that watch them run again whenever
/// a person calls cargo without xtask.
pub(crate) fn forget_this_package(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let about_xtask = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if about_xtask {
            command.env_remove(name);
        }
    }
}

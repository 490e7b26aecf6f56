//! Commands for components that no registry has a build of. cargo compiles each, once.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::{install, run};

const WKG: &str = "wkg@0.16.1";

/// The command `wkg`, which pushes components and WIT packages to OCI registries and fetches them.
pub fn wkg() -> Result<PathBuf, String> {
    compiled("wkg", WKG, &[])
}

/// The command `wac`, which composes components. Its client of another kind of registry is left out.
pub fn wac() -> Result<PathBuf, String> {
    compiled(
        "wac",
        "wac-cli@0.12.0",
        &["--no-default-features", "--features", "wit"],
    )
}

/// Without optimisation, because compiling takes longer than running. The versions of the dependencies are those of
/// the crate's own Cargo.lock.
fn compiled(command: &str, package: &str, features: &[&str]) -> Result<PathBuf, String> {
    let folder = install(command, &[package], |folder| {
        let target = folder.join("target");
        let mut cargo = Command::new("cargo");
        cargo.args(["install", "--quiet", "--locked", "--profile", "dev"]);
        cargo.args(["--config", "profile.dev.debug=false", "--no-track"]);
        cargo.arg("--target-dir").arg(&target);
        cargo.arg("--root").arg(folder).args(features);
        run(cargo.arg(package))?;
        let said = |error| format!("{} cannot be removed: {error}", target.display());
        fs::remove_dir_all(&target).map_err(said)?;
        run(Command::new(folder.join("bin").join(command)).arg("--version"))
            .map(|version| version.trim().into())
    })?;
    Ok(folder.join("bin").join(command))
}

#[cfg(test)]
mod tests {
    use super::WKG;

    #[test]
    fn a_release_is_pushed_by_the_same_wkg_here_and_on_github() {
        let workflow = include_str!("../../.github/workflows/release.yml");
        assert!(workflow.contains(&format!("cargo install --locked {WKG}\n")));
    }
}

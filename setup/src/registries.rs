//! Registries for packages, which a test starts on loopback.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::{debian::unpack, install, run};

/// The command `docker-registry`, an OCI registry, from Debian's package. Installed, that package runs a service.
pub fn docker_registry() -> Result<PathBuf, String> {
    let packages = ["docker-registry"];
    let folder = install("docker-registry", &packages, |folder| {
        unpack(&packages, folder)
    })?;
    Ok(folder.join("usr/bin/docker-registry"))
}

/// The folder whose `node_modules` has verdaccio, a registry for npm. Later versions need Node 22.
pub fn verdaccio() -> Result<PathBuf, String> {
    let version = "6.8.0";
    let package = format!("verdaccio@{version}");
    install("verdaccio", &[&package], |folder| {
        // One of its packages asks for node-fetch by a tag, `cjs`, which not every mirror of npm's registry has.
        let manifest = r#"{ "overrides": { "node-fetch": "2.7.0" } }"#;
        fs::write(folder.join("package.json"), manifest)
            .map_err(|error| format!("{} cannot be written: {error}", folder.display()))?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock"]);
        npm.args(["--ignore-scripts", "--prefix"]).arg(folder);
        run(npm.arg(&package))?;
        Ok(version.into())
    })
}

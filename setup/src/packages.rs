//! Packages of npm's and Python's registries, each set in a folder of its own.

use std::path::PathBuf;
use std::process::Command;

use crate::{install, run};

/// For [`pip`]: a C compiler for WebAssembly. Python's registry has a build for every system, and it needs no
/// root, unlike Debian's clang.
pub const ZIG: &str = "ziglang==0.15.1";

/// Installs packages such as `smtp-server@3.21.6` into `node_modules` of the folder that it returns. Their
/// scripts do not run.
pub fn npm(name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    install(name, packages, |folder| {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock"]);
        npm.args(["--ignore-scripts", "--prefix"]).arg(folder);
        run(npm.args(packages))?;
        Ok(first_version(packages, "@"))
    })
}

/// Installs packages such as `aiosmtpd==1.4.6` into the folder that it returns, which is for `PYTHONPATH`: no
/// virtual environment is needed. Their commands are in its `bin`.
pub fn pip(name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    install(name, packages, |folder| {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet"]);
        pip.args(["--disable-pip-version-check", "--target"]);
        run(pip.arg(folder).args(packages))?;
        Ok(first_version(packages, "=="))
    })
}

/// The last separator counts: a name may begin with `@`.
fn first_version(packages: &[&str], separator: &str) -> String {
    let first = packages.first().copied().unwrap_or_default();
    let version = first.rsplit_once(separator).map(|(_, version)| version);
    version.unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::first_version;

    #[test]
    fn a_version_follows_the_last_separator() {
        assert_eq!(first_version(&["@scope/name@1.2.3"], "@"), "1.2.3");
        assert_eq!(first_version(&["name==1.4", "other==2"], "=="), "1.4");
    }
}

//! Semantic versioning of the interfaces: a guest that was built for the last release runs with this one.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use wit_component::semver_check;
use wit_parser::{PackageId, Resolve};

use crate::{VERSION, root};

/// The worlds whose guests import everything.
const WORLDS: [&str; 2] = ["imports", "imports-async"];

/// The tag of the newest release that this commit descends from, if the version promises compatibility with it: the
/// same major version, and before 1.0 the same minor version.
///
/// # Errors
/// If there is no git, or this is no checkout.
pub fn previous_release() -> Result<Option<String>> {
    let mut git = Command::new("git");
    git.args([
        "tag",
        "--merged",
        "HEAD",
        "--list",
        "v*",
        "--sort=-v:refname",
    ]);
    let output = git.current_dir(root()).output().context("git")?;
    let failure = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "git tag: {failure}");
    let tags = String::from_utf8(output.stdout)?;
    let newest = tags.lines().next();
    Ok(newest
        .filter(|tag| promises_compatibility(tag, VERSION))
        .map(str::to_owned))
}

/// The WIT files of a commit, in `folder`, for [`check_interface`].
///
/// # Errors
/// If the commit has none, or the folder cannot be written.
pub fn interface_of(commit: &str, folder: &Path) -> Result<()> {
    let mut git = Command::new("git");
    git.args(["archive", "--format=tar", commit, "wit"]);
    let mut archive = git.current_dir(root()).stdout(Stdio::piped()).spawn()?;
    let octets = archive.stdout.take().context("no output of git")?;
    let mut tar = Command::new("tar");
    tar.args(["--extract", "--strip-components=1", "--directory"]);
    let extracted = tar.arg(folder).stdin(octets).status().context("tar")?;
    ensure!(
        archive.wait()?.success() && extracted.success(),
        "{commit} has no wit/"
    );
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            fs::write(&path, renamed(&fs::read_to_string(&path)?))?;
        }
    }
    Ok(())
}

/// Checks that each function and type in `previous`, which [`interface_of`] wrote, is in `now` as it was. Functions
/// and interfaces may be added; a field or a case may not, because both sides lay them out in memory.
///
/// # Errors
/// If a package cannot be read, or a guest of `previous` does not run with `now`.
pub fn check_interface(previous: &Path, now: &Path) -> Result<()> {
    let (mut resolve, now) = read(now)?;
    let (other, previous) = read(previous)?;
    let moved = resolve.merge(other)?;
    let previous = moved.packages[previous.index()];
    for name in WORLDS {
        let world = |package: PackageId| resolve.packages[package].worlds.get(name).copied();
        let before = world(previous).with_context(|| format!("no world {name} before"))?;
        let after = world(now).with_context(|| format!("the world {name} is gone"))?;
        semver_check(resolve.clone(), before, after)
            .with_context(|| format!("the world {name} breaks guests of the last release"))?;
    }
    Ok(())
}

fn read(folder: &Path) -> Result<(Resolve, PackageId)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(folder)?;
    Ok((resolve, package))
}

fn promises_compatibility(tag: &str, version: &str) -> bool {
    let kept = |version: &str| {
        let mut numbers = version.split('.').map(str::to_owned);
        let major = numbers.next();
        let minor = numbers.next().filter(|_| major.as_deref() == Some("0"));
        (major, minor)
    };
    tag.strip_prefix('v').map(kept) == Some(kept(version))
}

/// Under another version, because no two packages may have the same name.
fn renamed(wit: &str) -> String {
    let (_, rest) = wit.split_once('\n').unwrap_or_default();
    format!("package envoi:mail@0.0.0-previous;\n{rest}")
}

#[cfg(test)]
mod tests {
    use super::promises_compatibility;

    #[test]
    fn before_1_0_the_minor_version_promises_compatibility() {
        assert!(promises_compatibility("v0.1.0", "0.1.3"));
        assert!(!promises_compatibility("v0.1.3", "0.2.0"));
        assert!(promises_compatibility("v1.0.0", "1.4.0"));
        assert!(!promises_compatibility("v1.4.0", "2.0.0"));
    }
}

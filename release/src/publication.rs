//! Brings a release to an OCI registry, by the command `wkg`. A version that is there never changes.

use std::path::Path;
use std::{env, fs, process};

use anyhow::{Context, Result, anyhow, ensure};
use setup::run;

use crate::packages::{Package, packages};
use crate::{Place, sums};

struct Publication<'a> {
    folder: &'a Path,
    place: &'a Place,
    wkg: &'a Path,
}

/// Pushes the components and the WIT package of the release in `folder`. wkg uses the credentials that `docker login`
/// stored.
///
/// # Errors
/// If the release is not complete or was changed, or wkg fails. If the registry has another file under that version:
/// then nothing is pushed.
pub fn publish(folder: &Path, place: &Place, wkg: &Path) -> Result<()> {
    let commit = checked(folder)?;
    let publication = Publication { folder, place, wkg };
    let mut missing = Vec::new();
    for package in packages() {
        if publication.has(&package)? {
            println!("release: {} was there already", package.reference(place));
        } else {
            missing.push(package);
        }
    }
    for package in missing {
        publication.push(&package, &commit)?;
    }
    Ok(())
}

impl Publication<'_> {
    /// Whether the registry has the package.
    fn has(&self, package: &Package) -> Result<bool> {
        let reference = package.reference(self.place);
        let Some(other) = self.pull(&reference)? else {
            return Ok(false);
        };
        ensure!(
            other == self.read(package)?,
            "{reference} is there already, and is not {}. A version that was published never changes: raise the \
             version in Cargo.toml, and make another release",
            package.file
        );
        Ok(true)
    }

    fn read(&self, package: &Package) -> Result<Vec<u8>> {
        let path = self.folder.join(&package.file);
        fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// What the registry has under that reference. Registries differ in what they answer if there is nothing: some
    /// deny access. If the registry cannot be reached, pushing tells why.
    fn pull(&self, reference: &str) -> Result<Option<Vec<u8>>> {
        let file = env::temp_dir().join(format!("envoi-pulled-{}.wasm", process::id()));
        let mut pull = self.place.wkg(self.wkg, "pull");
        if run(pull.arg(reference).arg("--output").arg(&file)).is_err() {
            return Ok(None);
        }
        let octets = fs::read(&file)?;
        fs::remove_file(file)?;
        Ok(Some(octets))
    }

    fn push(&self, package: &Package, commit: &str) -> Result<()> {
        let reference = package.reference(self.place);
        let mut push = self.place.wkg(self.wkg, "push");
        for annotation in package.annotations(commit) {
            push.args(["--annotation", &annotation]);
        }
        push.arg(&reference).arg(self.folder.join(&package.file));
        let said = run(&mut push).map_err(|why| anyhow!("{reference} is not published: {why}"))?;
        let digest = said.lines().find_map(|line| line.strip_prefix("digest: "));
        println!("release: {reference} is {}", digest.unwrap_or_default());
        Ok(())
    }
}

/// The commit of the release in `folder`, whose files have their sums.
fn checked(folder: &Path) -> Result<String> {
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path)
            .with_context(|| format!("no {}: `cargo xtask dist` makes it", path.display()))
    };
    let expected = read("SHA256SUMS")?;
    let found = sums(folder)?;
    let found: Vec<_> = found
        .lines()
        .filter(|it| !it.ends_with("SHA256SUMS"))
        .collect();
    ensure!(
        found == expected.lines().collect::<Vec<_>>(),
        "{} is not as `cargo xtask dist` made it: make it again",
        folder.display()
    );
    let text = read("RELEASE.md")?;
    let commit = text
        .split_once("from commit ")
        .and_then(|(_, rest)| rest.split(' ').next());
    commit
        .map(str::to_owned)
        .context("RELEASE.md names no commit")
}

//! Where the parts of a release go in an OCI registry, and what brings them there: the command `wkg`.
//!
//! wkg looks for the package `envoi:mail` at `envoi/mail` below a prefix that the user's configuration gives, and for its
//! version 0.1.0 at the tag `0.1.0`. So each component is a package of the namespace `envoi` too.

use std::path::Path;
use std::{env, fs, process};

use anyhow::{Context, Error, Result, ensure};
use setup::run;

use crate::{COMPONENTS, LICENCE, Place, VERSION, sums};

/// A file of a release, as a package.
pub(crate) struct Package {
    /// Without the namespace `envoi`.
    name: String,
    file: String,
    about: &'static str,
}

impl Package {
    /// For `wkg oci push --annotation`. They are on the package's page in a registry, and name its commit.
    fn annotations(&self, commit: &str) -> Vec<String> {
        [
            ("title", &*self.name),
            ("description", self.about),
            ("version", VERSION),
            ("revision", commit),
            ("licenses", LICENCE),
        ]
        .map(|(key, value)| format!("org.opencontainers.image.{key}={value}"))
        .into()
    }

    /// For a person, in a shell. `REGISTRY` is for a [`Place`].
    pub(crate) fn command(&self, commit: &str) -> String {
        let Package { name, file, .. } = self;
        let mut text = format!("wkg oci push REGISTRY/envoi/{name}:{VERSION} {file}");
        for annotation in self.annotations(commit) {
            text += &format!(" \\\n    --annotation '{annotation}'");
        }
        text + "\n"
    }

    /// Pushes the file, unless it is there already.
    fn publish(&self, folder: &Path, commit: &str, place: &Place, wkg: &Path) -> Result<()> {
        let (reference, file) = (
            place.reference("envoi", &self.name, VERSION),
            folder.join(&self.file),
        );
        if let Some(other) = pull(&reference, place, wkg)? {
            ensure!(
                other == fs::read(&file)?,
                "{reference} is there already, and is not {}. A version that was published never changes: \
                 raise the version in Cargo.toml, and make another release",
                self.file
            );
            println!("release: {reference} was there already");
            return Ok(());
        }
        let mut push = place.wkg(wkg, "push");
        for annotation in self.annotations(commit) {
            push.args(["--annotation", &annotation]);
        }
        let said = run(push.arg(&reference).arg(&file)).map_err(Error::msg)?;
        let digest = said.lines().find_map(|line| line.strip_prefix("digest: "));
        println!("release: {reference} is {}", digest.unwrap_or_default());
        Ok(())
    }
}

/// The packages of a release.
pub(crate) fn packages() -> Vec<Package> {
    let components = COMPONENTS.iter().map(|component| Package {
        name: component.file.trim_end_matches(".wasm").into(),
        file: component.file.into(),
        about: component.about,
    });
    let interface = Package {
        name: "mail".into(),
        file: format!("envoi-mail-{VERSION}.wasm"),
        about: "The WIT package envoi:mail, with its documentation",
    };
    components.chain([interface]).collect()
}

/// Pushes the components and the WIT package of the release in `folder`. wkg uses the credentials that `docker login`
/// stored.
///
/// # Errors
/// If the release is not complete or was changed, a registry has another file under that version, or wkg fails.
pub fn publish(folder: &Path, place: &Place, wkg: &Path) -> Result<()> {
    let commit = checked(folder)?;
    for package in packages() {
        package.publish(folder, &commit, place, wkg)?;
    }
    Ok(())
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

/// What the registry has under that reference. Registries differ in what they answer if there is nothing: some deny
/// access. If the registry cannot be reached, pushing tells why.
fn pull(reference: &str, place: &Place, wkg: &Path) -> Result<Option<Vec<u8>>> {
    let file = env::temp_dir().join(format!("envoi-pulled-{}.wasm", process::id()));
    let mut pull = place.wkg(wkg, "pull");
    if run(pull.arg(reference).arg("--output").arg(&file)).is_err() {
        return Ok(None);
    }
    let octets = fs::read(&file)?;
    fs::remove_file(file)?;
    Ok(Some(octets))
}

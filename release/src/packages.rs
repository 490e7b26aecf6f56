//! The parts of a release that go to an OCI registry, their places there, and the commands for a person.
//!
//! wkg looks for the package `envoi:mail` at `envoi/mail` below a prefix that the user's configuration gives, and for its
//! version 0.1.0 at the tag `0.1.0`. So each component is a package of the namespace `envoi` too.

use crate::{COMPONENTS, LICENCE, Place, VERSION};

/// A file of a release, as a package.
pub(crate) struct Package {
    /// Without the namespace `envoi`.
    name: String,
    pub file: String,
    about: &'static str,
    licence: &'static str,
}

impl Package {
    /// For `wkg oci push --annotation`. They are on the package's page in a registry, and name its commit.
    pub(crate) fn annotations(&self, commit: &str) -> Vec<String> {
        [
            ("title", &*self.name),
            ("description", self.about),
            ("version", VERSION),
            ("revision", commit),
            ("licenses", self.licence),
        ]
        .map(|(key, value)| format!("org.opencontainers.image.{key}={value}"))
        .into()
    }

    pub(crate) fn reference(&self, place: &Place) -> String {
        place.reference(&self.name)
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
}

/// The packages of a release.
pub(crate) fn packages() -> Vec<Package> {
    let components = COMPONENTS.iter().map(|component| Package {
        name: component.file.trim_end_matches(".wasm").into(),
        file: component.file.into(),
        about: component.about,
        licence: component.licence,
    });
    let interface = Package {
        name: "mail".into(),
        file: format!("envoi-mail-{VERSION}.wasm"),
        about: "The WIT package envoi:mail, with its documentation",
        licence: LICENCE,
    };
    components.chain([interface]).collect()
}

#[cfg(test)]
mod tests {
    use super::{VERSION, packages};

    #[test]
    fn each_file_is_a_package_of_one_namespace_with_the_commit_in_its_annotations() {
        let commands: Vec<_> = packages().iter().map(|it| it.command("0123abcd")).collect();
        for (name, file) in [
            ("envoi", "envoi.wasm"),
            ("envoi-p3", "envoi-p3.wasm"),
            ("mail", &format!("envoi-mail-{VERSION}.wasm")),
        ] {
            let push = format!("wkg oci push REGISTRY/envoi/{name}:{VERSION} {file} \\\n");
            assert!(
                commands.iter().any(|command| command.starts_with(&push)),
                "{push}"
            );
        }
        let revision = "--annotation 'org.opencontainers.image.revision=0123abcd'";
        assert!(commands.iter().all(|command| command.contains(revision)));
    }
}

//! RELEASE.md: what the release is, how to make it again, and the commands that publish it.

use std::fmt::Write as _;

use crate::crates::CRATES;
use crate::{COMPONENTS, Commit, VERSION};

pub fn text(commit: &Commit, rustc: &str) -> String {
    let mut text = format!(
        "\
# envoi {VERSION}

Made of commit {id} of {date}. The components were
built by {rustc}. With that compiler, `cargo xtask dist --check`
builds the commit again, elsewhere, and compares the sums. `sha256sum --check SHA256SUMS` holds what you
have to them.

| file | what it is |
| --- | --- |
",
        id = commit.id,
        date = commit.date,
    );
    for (file, about) in files() {
        writeln!(text, "| {file} | {about} |").expect("a string takes all");
    }
    text + &publish(commit)
}

fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for component in &COMPONENTS {
        let file = component.file;
        files.push((file.into(), component.about.into()));
        let about = format!("What is inside {file} (CycloneDX)");
        files.push((format!("{file}.cdx.json"), about));
    }
    let about = "The WIT package `envoi:mail`, with its documentation";
    files.push((format!("envoi-mail-{VERSION}.wasm"), about.into()));
    let about = "The npm package `envoi`";
    files.push((format!("envoi-{VERSION}.tgz"), about.into()));
    for name in CRATES {
        let about = format!("The crate `{name}`");
        files.push((format!("{name}-{VERSION}.crate"), about));
    }
    files
}

/// One command each; what they need of a person is an account.
fn publish(commit: &Commit) -> String {
    let mut text = String::from(
        "
## Publish it

None of this was run when the release was made: each needs an account. `REGISTRY` is a place in an OCI
registry, such as `ghcr.io/ORGANISATION`; `wkg` takes the names and passwords that `docker login` left.

```sh
",
    );
    for component in &COMPONENTS {
        let name = component.file.trim_end_matches(".wasm");
        write!(
            text,
            "wkg oci push REGISTRY/{name}:{VERSION} {} \\\n    \
             --annotation org.opencontainers.image.title={name} \\\n    \
             --annotation 'org.opencontainers.image.description={}' \\\n    \
             --annotation org.opencontainers.image.version={VERSION} \\\n    \
             --annotation org.opencontainers.image.revision={} \\\n    \
             --annotation 'org.opencontainers.image.licenses={}'\n",
            component.file,
            component.about,
            commit.id,
            env!("CARGO_PKG_LICENSE"),
        )
        .expect("a string takes all");
    }
    let crates = CRATES.map(|name| format!("--package {name}")).join(" ");
    text + &format!(
        "\
wkg oci push REGISTRY/envoi/mail:{VERSION} envoi-mail-{VERSION}.wasm
npm publish ./envoi-{VERSION}.tgz
cargo publish {crates}    # in the checkout of the commit
```

With the WIT package there, `wkg get envoi:mail@{VERSION}` finds it for whoever says in wkg's
configuration that the namespace `envoi` is at that registry:

```toml
[namespace_registries]
envoi = {{ registry = \"envoi\", metadata = {{ preferredProtocol = \"oci\", oci = {{ registry = \"ghcr.io\", namespacePrefix = \"ORGANISATION/\" }} }} }}
```
"
    )
}

//! RELEASE.md: the files of the release, how to make it again, and the commands that publish it.

use std::fmt::Write as _;

use crate::crates::CRATES;
use crate::packages::packages;
use crate::{COMPONENTS, Commit, Place, VERSION};

pub(crate) fn text(commit: &Commit, rustc: &str) -> String {
    let mut text = format!(
        "\
# envoi {VERSION}

Made from commit {id} of {date}, with {rustc}.
With that compiler, `cargo xtask dist --check` builds the commit again in another folder and compares the
sums. `sha256sum --check SHA256SUMS` checks the files that you have.

| file | content |
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
        let about = format!("The bill of materials of {file} (CycloneDX)");
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

/// One command for each part. A person needs an account for each registry. `.github/workflows/release.yml` runs these
/// lines.
fn publish(commit: &Commit) -> String {
    let mut text = String::from(
        "
## Publish it

Making the release runs none of these commands: each needs an account. `REGISTRY` is a place in an OCI registry,
such as `ghcr.io/ORGANISATION`; `wkg` uses the credentials that `docker login` stores.

```sh
",
    );
    for package in packages() {
        text += &package.command(&commit.id);
    }
    let configuration = Place::example().configuration();
    let crates = CRATES.map(|name| format!("--package {name}")).join(" ");
    text + &format!(
        "\
npm publish ./envoi-{VERSION}.tgz
cargo publish {crates}    # in the checkout of the commit
```

`cargo xtask dist --publish REGISTRY` runs the commands of `wkg`, and never replaces what is there.

Then `wkg get envoi:envoi@{VERSION}` finds the component, and `wkg fetch` the WIT package for a world that imports
`envoi:mail`, if wkg's configuration (`~/.config/wasm-pkg/config.toml`) maps the namespace `envoi` to that registry:

```toml
{configuration}```
"
    )
}

//! The bill of materials of a component (SBOM, CycloneDX 1.6): crates with licences and sums, Rust's standard
//! library, and the dependencies between them.
//!
//! cargo-cyclonedx 0.5.9 cannot make it. Of envoi it lists 148 crates, 70 of which are in build scripts, macros
//! and tests (ring, syn, icu_normalizer), with `--no-build-deps` too: it reads `cargo metadata`, which merges
//! the features of the workspace. It omits the standard library, writes CycloneDX 1.5, and names the builder's
//! folder.

use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::tree::{Id, Tree};
use crate::{Component, Dependencies, VERSION, root, sha256};

const FORMAT: &str = "http://cyclonedx.org/schema/bom-1.6.schema.json";

/// The bill of `component`, whose content is `bytes`. `rustc` is the compiler's version.
pub fn sbom(component: &Component, bytes: &[u8], date: &str, rustc: &str) -> Result<String> {
    let mut tree = Tree::default();
    let feature = match component.dependencies {
        Dependencies::WithFeature(feature) => Some(feature),
        Dependencies::All | Dependencies::Only(_) => None,
    };
    for package in component.crates {
        tree.extend(Tree::read(package, feature)?);
    }
    if let Dependencies::Only(inside) = component.dependencies {
        tree.keep(component.crates, inside);
    }
    let std = standard_library(rustc)?;
    let bill = json!({
        "$schema": FORMAT,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": date,
            "component": {
                "type": "application",
                "bom-ref": component.file,
                "name": component.file,
                "version": VERSION,
                "description": component.about,
                "licenses": [{ "expression": component.licence }],
                "hashes": [{ "alg": "SHA-256", "content": sha256(bytes) }],
            },
        },
        "dependencies": dependencies(component, &tree, &std["bom-ref"]),
        "components": parts(&tree, std)?,
    });
    Ok(format!("{bill:#}\n"))
}

fn parts(tree: &Tree, std: Value) -> Result<Vec<Value>> {
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    let crates = tree.crates.iter();
    let crates = crates.map(|(id, licence)| describe(id, licence, checksum(&lock, id)));
    Ok(crates.chain([std]).collect())
}

/// The dependencies of the component, which are its root crates and the standard library, and of each crate.
fn dependencies(component: &Component, tree: &Tree, std: &Value) -> Vec<Value> {
    let roots = tree.crates.keys();
    let roots = roots.filter(|id| component.crates.contains(&id.name.as_str()));
    let roots: Vec<Value> = roots
        .map(|id| purl(id).into())
        .chain([std.clone()])
        .collect();
    let own = json!({ "ref": component.file, "dependsOn": roots });
    let others = tree.needs.iter().map(|(id, needs)| {
        let needs: Vec<String> = needs.iter().map(purl).collect();
        json!({ "ref": purl(id), "dependsOn": needs })
    });
    [own].into_iter().chain(others).collect()
}

fn describe(id: &Id, licence: &str, checksum: Option<&str>) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": purl(id),
        "name": id.name,
        "version": id.version,
        "licenses": [{ "expression": licence }],
        "purl": purl(id),
    });
    if let Some(sum) = checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
    }
    component
}

/// core, alloc, std and their dependencies: compiled in, but not in cargo's list.
fn standard_library(rustc: &str) -> Result<Value> {
    let version = rustc.split(' ').nth(1);
    let version = version.with_context(|| format!("`{rustc}` is not a version of rustc"))?;
    let purl = format!("pkg:github/rust-lang/rust@{version}");
    Ok(json!({
        "type": "library",
        "bom-ref": purl,
        "name": "rust-std",
        "version": version,
        "description": format!("Rust's standard library, of {rustc}"),
        "licenses": [{ "expression": "MIT OR Apache-2.0" }],
        "purl": purl,
    }))
}

/// The package URL, which vulnerability databases use. A `+` is escaped in it.
fn purl(id: &Id) -> String {
    format!("pkg:cargo/{}@{}", id.name, id.version.replace('+', "%2B"))
}

/// The sum of the crate's archive in Cargo.lock. `None` for the crates of this project.
fn checksum<'a>(lock: &'a str, id: &Id) -> Option<&'a str> {
    let head = format!("name = \"{}\"\nversion = \"{}\"\n", id.name, id.version);
    let mut packages = lock.split("[[package]]\n");
    let package = packages.find(|package| package.starts_with(&head))?;
    let line = package
        .lines()
        .find_map(|line| line.strip_prefix("checksum = \""))?;
    line.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_has_its_own_checksum() {
        let lock = "version = 4

[[package]]
name = \"a\"
version = \"1.0.0\"
checksum = \"first\"

[[package]]
name = \"a\"
version = \"2.0.0\"
checksum = \"second\"
dependencies = [
 \"b\",
]

[[package]]
name = \"b\"
version = \"1.0.0\"
";
        let sum = |name: &str, version: &str| {
            let (name, version) = (name.into(), version.into());
            checksum(lock, &Id { name, version })
        };
        assert_eq!(sum("a", "2.0.0"), Some("second"));
        assert_eq!(sum("b", "1.0.0"), None);
    }
}

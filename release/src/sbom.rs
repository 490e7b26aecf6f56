//! What is inside a component, for those who must know: a bill of materials (CycloneDX 1.6).

use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::tree::{Id, Tree};
use crate::{Component, VERSION, root, sha256};

const FORMAT: &str = "http://cyclonedx.org/schema/bom-1.6.schema.json";

/// Of `component`, which is `bytes`; `rustc` built it.
pub fn sbom(component: &Component, bytes: &[u8], date: &str, rustc: &str) -> Result<String> {
    let mut tree = Tree::default();
    for package in component.crates {
        tree.extend(Tree::read(package)?);
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
                "licenses": [{ "expression": env!("CARGO_PKG_LICENSE") }],
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

/// What needs what; the component itself, its own crates and the standard library.
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

/// Compiled in too, though cargo does not list it: core, alloc, std and what these stand on.
fn standard_library(rustc: &str) -> Result<Value> {
    let version = rustc.split(' ').nth(1);
    let version = version.with_context(|| format!("`{rustc}` is not what rustc calls itself"))?;
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

/// What package registries and those who watch them call it. A `+` is escaped there.
fn purl(id: &Id) -> String {
    format!("pkg:cargo/{}@{}", id.name, id.version.replace('+', "%2B"))
}

/// Of the crate's archive, as Cargo.lock has it; this project's own have none.
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
    fn a_checksum_is_that_of_the_version() {
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

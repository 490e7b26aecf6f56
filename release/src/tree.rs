//! The crates whose code is in a component, from `cargo tree`: without build scripts, macros and tests.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::process::Command;

use anyhow::{Context, Error, Result, ensure};
use setup::run;

use crate::root;

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Id {
    pub name: String,
    pub version: String,
}

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Tree {
    /// Each crate with its licence.
    pub crates: BTreeMap<Id, String>,
    /// The dependencies of each crate.
    pub needs: BTreeMap<Id, BTreeSet<Id>>,
}

impl Tree {
    /// The tree of `package` for the components' target, with its default features or another one instead.
    pub(crate) fn read(package: &str, feature: Option<&str>) -> Result<Tree> {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(root()).args(["tree", "--locked"]);
        cargo.args(["--package", package]);
        if let Some(feature) = feature {
            cargo.args(["--no-default-features", "--features", feature]);
        }
        cargo.args(["--target", "wasm32-unknown-unknown"]);
        cargo.args(["--edges", "normal,no-proc-macro", "--no-dedupe"]);
        cargo.args(["--prefix", "depth", "--format", " {p}|{l}"]);
        parse(&run(&mut cargo).map_err(Error::msg)?)
    }

    /// Of the dependencies of the crates `roots`, keeps those named `inside`, and what these need.
    pub(crate) fn keep(&mut self, roots: &[&str], inside: &[&str]) {
        let mut kept = BTreeSet::new();
        let mut next: Vec<Id> = self.crates.keys().cloned().collect();
        next.retain(|id| roots.contains(&id.name.as_str()));
        for root in &next {
            if let Some(needs) = self.needs.get_mut(root) {
                needs.retain(|id| inside.contains(&id.name.as_str()));
            }
        }
        while let Some(id) = next.pop() {
            let needs = self.needs.get(&id).into_iter().flatten();
            next.extend(needs.filter(|id| !kept.contains(*id)).cloned());
            kept.insert(id);
        }
        self.crates.retain(|id, _| kept.contains(id));
        self.needs.retain(|id, _| kept.contains(id));
    }

    pub(crate) fn extend(&mut self, other: Tree) {
        self.crates.extend(other.crates);
        for (id, needs) in other.needs {
            self.needs.entry(id).or_default().extend(needs);
        }
    }
}

/// Lines such as `2 subtle v2.6.1|BSD-3-Clause`: depth, name, version, licence.
fn parse(text: &str) -> Result<Tree> {
    let mut tree = Tree::default();
    let mut path: Vec<Id> = Vec::new();
    for line in text.lines() {
        let (depth, id, licence) = parse_line(line)
            .with_context(|| format!("`cargo tree` wrote an unexpected line `{line}`"))?;
        ensure!(!licence.is_empty(), "{} names no licence", id.name);
        path.truncate(depth);
        if let Some(parent) = path.last() {
            let needs = tree.needs.entry(parent.clone()).or_default();
            needs.insert(id.clone());
        }
        tree.crates.insert(id.clone(), licence);
        path.push(id);
    }
    Ok(tree)
}

fn parse_line(line: &str) -> Option<(usize, Id, String)> {
    let (depth, rest) = line.split_once(' ')?;
    let (package, licence) = rest.split_once('|')?;
    let mut words = package.split(' ');
    let id = Id {
        name: words.next()?.into(),
        version: words.next()?.strip_prefix('v')?.into(),
    };
    // Older crates separate alternatives by a slash.
    Some((depth.parse().ok()?, id, licence.replace('/', " OR ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> Id {
        Id {
            name: name.into(),
            version: "1.0.0".into(),
        }
    }

    #[test]
    fn each_line_is_a_dependency_of_the_line_above_it_in_depth() {
        let text = "0 a v1.0.0 (/a)|MIT\n1 b v1.0.0|MIT/ISC\n2 c v1.0.0|ISC\n1 c v1.0.0|ISC\n";
        let tree = parse(text).unwrap();
        let licences: Vec<_> = tree.crates.values().collect();
        assert_eq!(licences, ["MIT", "MIT OR ISC", "ISC"]);
        assert_eq!(tree.needs[&id("a")], [id("b"), id("c")].into());
        assert_eq!(tree.needs[&id("b")], [id("c")].into());
    }

    #[test]
    fn of_the_roots_dependencies_some_are_kept_with_what_they_need() {
        let text = "0 a v1.0.0|MIT\n1 b v1.0.0|MIT\n2 c v1.0.0|MIT\n1 d v1.0.0|MIT\n2 c v1.0.0|MIT\n2 e v1.0.0|MIT\n";
        let mut tree = parse(text).unwrap();
        tree.keep(&["a"], &["b"]);
        let names: Vec<_> = tree.crates.keys().map(|id| id.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(tree.needs[&id("a")], [id("b")].into());
        assert_eq!(tree.needs.len(), 2);
    }

    #[test]
    fn a_crate_without_a_licence_is_an_error() {
        let error = parse("0 a v1.0.0|").unwrap_err();
        assert_eq!(error.to_string(), "a names no licence");
    }
}

//! The crates that a component is made of, as cargo builds it: those whose code is inside, without what
//! only builds or tests it.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::process::Command;

use anyhow::{Context, Error, Result, ensure};
use setup::run;

use crate::root;

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Id {
    pub name: String,
    pub version: String,
}

#[derive(Debug, Default, PartialEq)]
pub struct Tree {
    /// With the licence of each.
    pub crates: BTreeMap<Id, String>,
    /// What each needs.
    pub needs: BTreeMap<Id, BTreeSet<Id>>,
}

impl Tree {
    /// Of `package`, for the components' target.
    pub fn read(package: &str) -> Result<Tree> {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(root()).args(["tree", "--locked"]);
        cargo.args(["--package", package]);
        cargo.args(["--target", "wasm32-unknown-unknown"]);
        cargo.args(["--edges", "normal,no-proc-macro", "--no-dedupe"]);
        cargo.args(["--prefix", "depth", "--format", " {p}|{l}"]);
        parse(&run(&mut cargo).map_err(Error::msg)?)
    }

    pub fn extend(&mut self, other: Tree) {
        self.crates.extend(other.crates);
        for (id, needs) in other.needs {
            self.needs.entry(id).or_default().extend(needs);
        }
    }
}

/// Lines such as `2 subtle v2.6.1|BSD-3-Clause`: how deep it is, what, its licence.
fn parse(text: &str) -> Result<Tree> {
    let mut tree = Tree::default();
    let mut path: Vec<Id> = Vec::new();
    for line in text.lines() {
        let (depth, id, licence) =
            parse_line(line).with_context(|| format!("`{line}` is no line of `cargo tree`"))?;
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
    // A slash is how cargo once had it.
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
    fn each_line_is_needed_by_the_one_that_it_stands_under() {
        let text = "0 a v1.0.0 (/a)|MIT\n1 b v1.0.0|MIT/ISC\n2 c v1.0.0|ISC\n1 c v1.0.0|ISC\n";
        let tree = parse(text).unwrap();
        let licences: Vec<_> = tree.crates.values().collect();
        assert_eq!(licences, ["MIT", "MIT OR ISC", "ISC"]);
        assert_eq!(tree.needs[&id("a")], [id("b"), id("c")].into());
        assert_eq!(tree.needs[&id("b")], [id("c")].into());
    }

    #[test]
    fn a_crate_without_a_licence_is_an_error() {
        let error = parse("0 a v1.0.0|").unwrap_err();
        assert_eq!(error.to_string(), "a names no licence");
    }
}

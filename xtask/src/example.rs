//! `cargo xtask example NAME`: builds an example, and shows it at work on this machine.
//!
//! One file each, which says in an [`Example`] what it is called and how it is shown.

mod bindings;
mod c;
pub mod contact_form;
mod fresh;
mod go;
pub mod guest;
mod javascript;
pub mod jco;
mod node;
mod python;
mod rust;
mod wit;

use anyhow::{Result, bail};

use crate::project::Project;

pub struct Example {
    pub name: &'static str,
    /// A line for the list.
    pub about: &'static str,
    /// Builds it, and delivers a message through it to a server on loopback.
    pub show: fn(&Project) -> Result<()>,
}

/// In the order of the list.
const EXAMPLES: &[Example] = &[
    rust::EXAMPLE,
    javascript::EXAMPLE,
    python::EXAMPLE,
    c::EXAMPLE,
    go::EXAMPLE,
    node::EXAMPLE,
    contact_form::RUST,
    contact_form::JAVASCRIPT,
];

pub fn show(project: &Project, name: &str) -> Result<()> {
    match EXAMPLES.iter().find(|example| example.name == name) {
        Some(example) => (example.show)(project),
        None => bail!("there is no example `{name}`, but:\n\n{}", list()),
    }
}

pub fn list() -> String {
    let lines = EXAMPLES.iter().map(|example| {
        let Example { name, about, .. } = example;
        format!("cargo xtask example {name:<15} {about}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

//! `cargo xtask example NAME`: builds an example, and shows it at work on this machine.
//!
//! Each has a file, which holds its name and the way to show it in an [`Example`], or for a guest in a
//! [`guest::Guest`].

mod bindings;
mod c;
pub(crate) mod contact_form;
mod fresh;
mod go;
pub(crate) mod guest;
mod javascript;
pub(crate) mod jco;
mod mail_worker;
mod node;
mod python;
mod rust;
mod tools;
pub(crate) mod wasi03;
mod wit;

use anyhow::{Result, bail};
use guest::GUESTS;

use crate::project::Project;

pub(crate) struct Example {
    pub name: &'static str,
    /// A line for the list.
    pub about: &'static str,
    /// Builds it, and delivers a message through it to a server on loopback.
    pub show: fn(&Project) -> Result<()>,
}

/// In the order of the list, after the guests.
const EXAMPLES: &[Example] = &[
    node::EXAMPLE,
    contact_form::RUST,
    contact_form::JAVASCRIPT,
    mail_worker::EXAMPLE,
];

pub(crate) fn show(project: &Project, name: &str) -> Result<()> {
    if let Some(guest) = GUESTS.iter().find(|guest| guest.name == name) {
        return guest.show(project);
    }
    match examples().find(|example| example.name == name) {
        Some(example) => (example.show)(project),
        None => bail!("there is no example `{name}`, but:\n\n{}", list()),
    }
}

fn examples() -> impl Iterator<Item = &'static Example> {
    EXAMPLES.iter().chain(wasi03::EXAMPLES)
}

pub(crate) fn list() -> String {
    let guests = GUESTS.iter().map(|guest| (guest.name, guest.about()));
    let others = examples().map(|example| (example.name, example.about.into()));
    let lines = guests
        .chain(others)
        .map(|(name, about)| format!("cargo xtask example {name:<15} {about}"));
    lines.collect::<Vec<_>>().join("\n")
}

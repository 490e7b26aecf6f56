//! Readers in Node.

use std::path::PathBuf;
use std::process::Command;

use crate::reader::{Prepared, Reader, driver};

pub const MAILPARSER: Reader = Reader {
    name: "mailparser",
    source: "npm",
    prepare,
};

pub const POSTAL_MIME: Reader = Reader {
    name: "postal-mime",
    source: "npm",
    prepare,
};

pub const EMAILJS: Reader = Reader {
    name: "emailjs-mime-parser",
    source: "npm",
    prepare,
};

const PACKAGES: &[&str] = &[
    "mailparser@3.14.2",
    "postal-mime@4.0.0",
    "emailjs-mime-parser@2.0.7",
];

/// Their folder, with a slash at its end.
pub(crate) fn packages() -> Result<PathBuf, String> {
    let folder = setup::npm("mail-readers", PACKAGES)?;
    Ok(folder.join("node_modules/"))
}

fn prepare(reader: &Reader) -> Result<Prepared, String> {
    let packages = packages()?;
    setup::run(Command::new("node").arg("--version"))?;
    let version = PACKAGES
        .iter()
        .find_map(|package| package.strip_prefix(reader.name)?.strip_prefix('@'));
    let mut node = Command::new("node");
    node.arg(driver("node.mjs")).arg(reader.name);
    node.env("PACKAGES", packages);
    Ok(Prepared {
        version: version.unwrap_or_default().into(),
        driver: node,
    })
}

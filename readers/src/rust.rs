//! Readers in Rust: crates of which `drivers/rust` makes one program.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::reader::{Prepared, Reader, driver};

pub const MAIL_PARSER: Reader = Reader {
    name: "mail-parser",
    source: "crates.io",
    prepare,
};

pub const MAILPARSE: Reader = Reader {
    name: "mailparse",
    source: "crates.io",
    prepare,
};

fn prepare(reader: &Reader) -> Result<Prepared, String> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/rust-readers");
    let mut cargo = Command::new("cargo");
    // mail-parser names a newer Rust than it needs.
    cargo.args([
        "build",
        "--locked",
        "--ignore-rust-version",
        "--manifest-path",
    ]);
    cargo.arg(driver("rust/Cargo.toml"));
    setup::run(cargo.arg("--target-dir").arg(&target))?;
    let mut program = Command::new(target.join("debug/rust-readers"));
    program.arg(reader.name);
    let lock = fs::read_to_string(driver("rust/Cargo.lock")).unwrap_or_default();
    let version = locked(&lock, reader.name).unwrap_or_default().into();
    Ok(Prepared {
        version,
        driver: program,
    })
}

/// The version of a package in Cargo's lock file.
fn locked<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let entry = lock
        .split_once(&format!("name = \"{name}\"\nversion = \""))?
        .1;
    entry.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::locked;

    #[test]
    fn a_version_is_that_of_the_whole_name() {
        let lock = "[[package]]\nname = \"mail\"\nversion = \"1.2\"\n\n[[package]]\nname = \"mail-parser\"\nversion = \"3\"\n";
        assert_eq!(locked(lock, "mail"), Some("1.2"));
        assert_eq!(locked(lock, "mail-parser"), Some("3"));
        assert_eq!(locked(lock, "parser"), None);
    }
}

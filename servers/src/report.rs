//! The test report: which real servers got what, what mail readers read, what was not run, and what was measured.
//!
//! libtest hides the output of tests that pass, so tests append lines to the file that [`VARIABLE`]
//! names. `cargo xtask test` sets it and prints the report; CI fails if something was not run.

use std::env;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::real::Kind;

const VARIABLE: &str = "ENVOI_TEST_REPORT";

/// What a test sent to a real server.
pub fn sent(kind: Kind, what: &str) {
    let version = kind.version().unwrap_or_default();
    add(&format!("real server: {kind} {version}: "), what);
}

/// What a mail reader by others read.
pub fn read(reader: &dyn Display, what: &str) {
    add(&format!("mail reader: {reader}: "), what);
}

/// A measured figure and its name.
pub fn measured(what: &str, figures: &str) {
    add(&format!("measured: {what}: "), figures);
}

/// A server or a program that this machine cannot have, and why.
pub fn not_run(missing: &dyn Display, why: &str) {
    add(&format!("not run: {missing}: "), why);
}

fn add(subject: &str, text: &str) {
    let Some(path) = env::var_os(VARIABLE) else {
        return eprintln!("{subject}{text}");
    };
    append(Path::new(&path), subject, text)
        .unwrap_or_else(|error| panic!("{} cannot be written: {error}", path.display()));
}

/// Writes one line per subject, even if many tests miss the same server at the same time.
fn append(path: &Path, subject: &str, text: &str) -> io::Result<()> {
    let mut options = File::options();
    let mut file = options.read(true).append(true).create(true).open(path)?;
    // Unlocked when the file is closed.
    file.lock()?;
    let mut report = String::new();
    file.read_to_string(&mut report)?;
    if report.lines().any(|line| line.starts_with(subject)) {
        return Ok(());
    }
    file.write_all(format!("{subject}{text}\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process};

    use super::append;

    #[test]
    fn each_subject_has_one_line() {
        let path = env::temp_dir().join(format!("report-{}", process::id()));
        for (subject, text) in [("a: ", "first"), ("b: ", "other"), ("a: ", "again")] {
            append(&path, subject, text).unwrap();
        }
        let report = fs::read_to_string(&path);
        fs::remove_file(&path).unwrap();
        assert_eq!(report.unwrap(), "a: first\nb: other\n");
    }
}

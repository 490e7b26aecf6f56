//! Lines that tests report, such as the real servers and the mail that each accepted.
//!
//! libtest hides the output of tests that pass, so they append lines to the file that [`VARIABLE`] names. A
//! line that starts with [`NOT_RUN`] names a part that was left out, and why.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};

pub(crate) const VARIABLE: &str = "ENVOI_TEST_REPORT";
pub(crate) const NOT_RUN: &str = "not run: ";

pub(crate) struct Report {
    path: PathBuf,
    begun: Instant,
}

impl Report {
    /// An empty report.
    pub(crate) fn create(directory: &Path) -> Result<Self> {
        let path = directory.join("test-report.txt");
        fs::write(&path, "").with_context(|| format!("cannot write {}", path.display()))?;
        let begun = Instant::now();
        Ok(Self { path, begun })
    }

    /// Shows what comes next, and how long all before it took.
    pub(crate) fn headline(&self, text: &str) {
        let seconds = self.begun.elapsed().as_secs();
        println!("\n=== {:02}:{:02} {text}", seconds / 60, seconds % 60);
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn not_run(&self, what_and_why: &str) -> Result<()> {
        self.line(&format!("{NOT_RUN}{what_and_why}"))
    }

    pub(crate) fn measured(&self, what: &str, figures: &str) -> Result<()> {
        self.line(&format!("measured: {what}: {figures}"))
    }

    pub(crate) fn line(&self, line: &str) -> Result<()> {
        let mut file = OpenOptions::new().append(true).open(&self.path)?;
        Ok(writeln!(file, "{line}")?)
    }

    pub(crate) fn lines(&self) -> Result<Vec<String>> {
        let text =
            fs::read(&self.path).with_context(|| format!("cannot read {}", self.path.display()))?;
        Ok(String::from_utf8_lossy(&text)
            .lines()
            .map(str::to_owned)
            .collect())
    }
}

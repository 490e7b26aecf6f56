//! Links and their anchors, followed by lychee.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Follows every link of `pages`, files or folders, to a file of this machine and to the anchor in it.
/// Returns the number of links. Web addresses are not followed: the outcome depends on the project alone.
pub fn follow(lychee: &Path, pages: &[PathBuf]) -> Result<u64> {
    let mut lychee = Command::new(lychee);
    lychee.args(["--offline", "--include-fragments", "--no-progress"]);
    // git ignores target/, where the book is.
    lychee.args(["--no-ignore", "--format", "json"]).args(pages);
    let output = lychee.output().context("cannot start lychee")?;
    let report: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    ensure!(output.status.success(), "{}", broken(&report));
    report["successful"].as_u64().context("lychee counts none")
}

fn broken(report: &Value) -> String {
    let mut text = String::from("broken links:");
    for (page, links) in report["error_map"].as_object().into_iter().flatten() {
        for link in links.as_array().into_iter().flatten() {
            let (url, status) = (&link["url"], &link["status"]["text"]);
            write!(text, "\n{page}: {url}: {status}").expect("a string takes all");
        }
    }
    text
}

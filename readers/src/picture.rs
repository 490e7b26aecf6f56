//! A picture of a message: what postal-mime reads in it, shown by Chromium.

use std::path::Path;
use std::process::Command;

use crate::node;
use crate::reader::driver;

/// Writes a PNG. The error says why this machine cannot make it.
pub fn picture(message: &Path, png: &Path) -> Result<(), String> {
    let chromium = setup::chromium()?;
    let playwright = setup::npm("playwright", &[setup::PLAYWRIGHT])?;
    let mut node = Command::new("node");
    node.arg(driver("picture.mjs")).args([message, png]);
    node.env("PACKAGES", node::packages()?);
    node.env("PLAYWRIGHT", playwright.join("node_modules/"));
    node.env("CHROMIUM", &chromium.program);
    setup::run(node.envs(chromium.environment)).map(drop)
}

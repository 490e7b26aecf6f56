//! Pictures of messages: what postal-mime reads in one, shown by Chromium.

use std::path::{Path, PathBuf};

use setup::Browser;

use crate::node;
use crate::reader::driver;

/// Shows messages.
pub struct Viewer {
    browser: Browser,
    packages: PathBuf,
}

impl Viewer {
    /// Obtains what it needs. The error says what this machine cannot have.
    pub fn prepare() -> Result<Self, String> {
        Ok(Self {
            browser: setup::browser()?,
            packages: node::packages()?,
        })
    }

    /// Writes a PNG. The error says what is not shown.
    pub fn picture(&self, message: &Path, png: &Path) -> Result<(), String> {
        let mut node = self.browser.node(&driver("picture.mjs"));
        node.args([message, png]).env("PACKAGES", &self.packages);
        setup::run(&mut node).map(drop)
    }
}

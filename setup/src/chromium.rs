//! Chromium, the browser of the tests of web pages.

use std::env::{join_paths, split_paths};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{debian, install, npm};

/// What drives it.
const PLAYWRIGHT: &str = "playwright-core@1.65.1";

/// Chromium exits at once if there is no font.
const PACKAGES: [&str; 3] = ["chromium", "fontconfig-config", "fonts-dejavu-core"];

/// Debian's Chromium, unpacked, and what drives it.
pub struct Browser {
    program: PathBuf,
    /// The folders of its files: it is unpacked, not installed.
    environment: [(&'static str, OsString); 3],
    playwright: PathBuf,
}

impl Browser {
    /// Node with a script that launches the browser by `setup/launch.mjs`.
    pub fn node(&self, script: &Path) -> Command {
        let mut node = Command::new("node");
        node.arg(script).env("PLAYWRIGHT", &self.playwright);
        node.env("CHROMIUM", &self.program);
        node.envs(self.environment.clone());
        node
    }
}

/// Obtains both.
pub fn browser() -> Result<Browser, String> {
    let folder = install("chromium", &PACKAGES, |folder| {
        debian::unpack(&PACKAGES, folder)
    })?;
    let folder = folder.canonicalize().map_err(|error| error.to_string())?;
    let libraries = debian::libraries(&folder)?;
    let libraries = split_paths(&libraries).flat_map(|path| [path.join("pulseaudio"), path]);
    let libraries = join_paths(libraries).map_err(|error| error.to_string())?;
    Ok(Browser {
        program: folder.join("usr/lib/chromium/chromium"),
        environment: [
            ("LD_LIBRARY_PATH", libraries),
            ("FONTCONFIG_PATH", folder.join("etc/fonts").into()),
            // fontconfig looks for `fonts` below it.
            ("XDG_DATA_HOME", folder.join("usr/share").into()),
        ],
        playwright: npm("playwright", &[PLAYWRIGHT])?.join("node_modules/"),
    })
}

//! Chromium, the browser of the tests of web pages.

use std::env::{join_paths, split_paths};
use std::ffi::OsString;
use std::path::PathBuf;

use crate::{debian, install};

/// For [`npm`](crate::npm): what drives it.
pub const PLAYWRIGHT: &str = "playwright-core@1.65.1";

/// Chromium exits at once if there is no font.
const PACKAGES: [&str; 3] = ["chromium", "fontconfig-config", "fonts-dejavu-core"];

pub struct Chromium {
    pub program: PathBuf,
    /// The folders of its files: it is unpacked, not installed.
    pub environment: [(&'static str, OsString); 3],
}

/// Debian's Chromium, unpacked.
pub fn chromium() -> Result<Chromium, String> {
    let folder = install("chromium", &PACKAGES, |folder| {
        debian::unpack(&PACKAGES, folder)
    })?;
    let folder = folder.canonicalize().map_err(|error| error.to_string())?;
    let libraries = debian::libraries(&folder)?;
    let libraries = split_paths(&libraries).flat_map(|path| [path.join("pulseaudio"), path]);
    let libraries = join_paths(libraries).map_err(|error| error.to_string())?;
    Ok(Chromium {
        program: folder.join("usr/lib/chromium/chromium"),
        environment: [
            ("LD_LIBRARY_PATH", libraries),
            ("FONTCONFIG_PATH", folder.join("etc/fonts").into()),
            // fontconfig looks for `fonts` below it.
            ("XDG_DATA_HOME", folder.join("usr/share").into()),
        ],
    })
}

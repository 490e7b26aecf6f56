//! A browser to test pages with.

use std::env::{join_paths, split_paths};
use std::ffi::OsString;
use std::path::PathBuf;

use crate::{debian, install};

pub struct Chromium {
    pub program: PathBuf,
    /// For `LD_LIBRARY_PATH`.
    pub libraries: OsString,
}

/// Debian's Chromium, unpacked.
pub fn chromium() -> Result<Chromium, String> {
    let packages = ["chromium"];
    let folder = install("chromium", &packages, |folder| {
        debian::unpack(&packages, folder)
    })?;
    let libraries = debian::libraries(&folder)?;
    // Where it is installed, this one is named in another library.
    let folders = split_paths(&libraries).flat_map(|path| [path.join("pulseaudio"), path]);
    Ok(Chromium {
        program: folder.join("usr/lib/chromium/chromium"),
        libraries: join_paths(folders).map_err(|error| error.to_string())?,
    })
}

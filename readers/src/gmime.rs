//! GMime, through its bindings for Debian's Python.

use std::process::Command;

use setup::debian::{libraries, unpack};
use setup::{install, run, version};

use crate::reader::{Prepared, Reader, driver};

pub const GMIME: Reader = Reader {
    name: "GMime",
    source: "Debian",
    prepare: |_| prepare(),
};

const FOLDER: &str = "gmime";
const PACKAGES: &[&str] = &["gir1.2-gmime-3.0", "python3-gi"];
/// python3-gi is compiled for this one.
const PYTHON: &str = "/usr/bin/python3";

fn prepare() -> Result<Prepared, String> {
    let folder = install(FOLDER, PACKAGES, |folder| unpack(PACKAGES, folder))?;
    let folder = folder.canonicalize().map_err(|error| error.to_string())?;
    let libraries = libraries(&folder)?;
    let bindings = std::env::split_paths(&libraries).map(|path| path.join("girepository-1.0"));
    let bindings = std::env::join_paths(bindings).map_err(|error| error.to_string())?;
    let python = || {
        let mut python = Command::new(PYTHON);
        python.env("LD_LIBRARY_PATH", &libraries);
        python.env("GI_TYPELIB_PATH", &bindings);
        python.env("PYTHONPATH", folder.join("usr/lib/python3/dist-packages"));
        python.env("PYTHONDONTWRITEBYTECODE", "1");
        python
    };
    run(python().args(["-c", "import gi; gi.require_version('GMime', '3.0')"]))?;
    let mut command = python();
    command.arg(driver("gmime.py"));
    let version = version(FOLDER).unwrap_or_default();
    Ok(Prepared {
        version,
        driver: command,
    })
}

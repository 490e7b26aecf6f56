//! A mail reader: a library that takes messages apart, and the driver that prints what it finds.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::Reading;

pub struct Reader {
    pub name: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    pub(crate) prepare: fn(&Reader) -> Result<Prepared, String>,
}

/// A reader that this machine has.
pub struct Prepared {
    pub version: String,
    /// The driver, which takes a folder.
    pub(crate) driver: Command,
}

/// A line of a driver's output.
#[derive(Deserialize)]
struct Line {
    case: String,
    reading: Reading,
}

impl Reader {
    /// Installs the reader if it is missing. The error says why this machine cannot have it.
    pub fn prepare(&self) -> Result<Prepared, String> {
        (self.prepare)(self)
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(self.name)
    }
}

impl Prepared {
    /// What the reader finds in each file of the folder that ends in `.eml`, by the file's stem.
    pub fn read(&mut self, folder: &Path) -> Result<BTreeMap<String, Reading>, String> {
        let output = setup::run(self.driver.arg(folder))?;
        let readings = output.lines().map(|line| {
            let line: Line =
                serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))?;
            Ok((line.case, line.reading.normalized()))
        });
        readings.collect()
    }
}

/// A file of `drivers/`.
pub(crate) fn driver(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("drivers")
        .join(name)
}

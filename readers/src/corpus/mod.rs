//! Composed messages, with what a reader must see of each. Date and random octets are fixed, so that the messages
//! are the same each time.

mod case;
mod cases;
mod random;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Reading;
use case::Case;

/// Sun, 29 Nov 2026 09:00:00 UTC.
const NOW: i64 = 1_795_942_800;

pub struct Corpus {
    /// Each message is a file `CASE.eml`.
    pub folder: PathBuf,
    /// By the name of the case.
    pub expected: BTreeMap<String, Reading>,
}

/// Composes the corpus anew in that folder.
pub fn compose(folder: PathBuf) -> Result<Corpus, String> {
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| said(&folder, &error))?;
    }
    fs::create_dir_all(&folder).map_err(|error| said(&folder, &error))?;
    let mut expected = BTreeMap::new();
    let cases = cases::all().into_iter().chain(random::all());
    for (number, case) in cases.enumerate() {
        let name = case.name().to_owned();
        let file = folder.join(format!("{name}.eml"));
        let written = message(&case, number).and_then(|message| Ok(fs::write(&file, message)?));
        written.map_err(|error| said(&file, &*error))?;
        expected.insert(name, case.expected().normalized());
    }
    Ok(Corpus { folder, expected })
}

fn message(case: &Case, number: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut random = [0; 32];
    random[15] = u8::try_from(number)?;
    random[31] = u8::try_from(number)?;
    let composed = case.draft().compose(NOW, random)?;
    Ok(composed.message().ok_or("it has a stream")?.into())
}

fn said(path: &Path, error: &dyn Error) -> String {
    format!("{}: {error}", path.display())
}

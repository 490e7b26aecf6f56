//! Composed messages, with what a reader must see of each. Date and random octets are fixed, so that the messages
//! are the same each time.

mod case;
mod cases;
mod random;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

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
pub fn compose(folder: PathBuf) -> Result<Corpus, Box<dyn Error>> {
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut expected = BTreeMap::new();
    let cases = cases::all().into_iter().chain(random::all());
    for (number, case) in cases.enumerate() {
        let name = case.name().to_owned();
        let message = message(&case, number).map_err(|error| format!("{name}: {error}"))?;
        fs::write(folder.join(format!("{name}.eml")), message)?;
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

//! The corpus of composed messages, with what the composer was given for each.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Reading;

pub struct Corpus {
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
    let mut cargo = Command::new("cargo");
    cargo.args([
        "run",
        "--quiet",
        "--package",
        "envoi-message",
        "--example",
        "corpus",
        "--",
    ]);
    setup::run(cargo.arg(&folder).current_dir(env!("CARGO_MANIFEST_DIR")))?;
    load(folder)
}

/// A corpus that is there: for each `NAME.eml` a `NAME.json`.
fn load(folder: PathBuf) -> Result<Corpus, String> {
    let mut expected = BTreeMap::new();
    for file in fs::read_dir(&folder).map_err(|error| said(&folder, &error))? {
        let file = file.map_err(|error| said(&folder, &error))?.path();
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = fs::read(&file).map_err(|error| said(&file, &error))?;
        let reading: Reading =
            serde_json::from_slice(&text).map_err(|error| said(&file, &error))?;
        let case = file.file_stem().unwrap_or_default().to_string_lossy();
        expected.insert(case.into_owned(), reading.normalized());
    }
    Ok(Corpus { folder, expected })
}

fn said(path: &Path, error: &dyn std::error::Error) -> String {
    format!("{}: {error}", path.display())
}

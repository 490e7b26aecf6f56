//! SHA-256 sums in the format of `sha256sum --check`.

use std::fs;
use std::path::Path;

use anyhow::Result;
use sha2::{Digest, Sha256};

/// The sums of all files of the folder, sorted by name.
pub fn sums(folder: &Path) -> Result<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let sum = sha256(&fs::read(entry.path())?);
        lines.push((entry.file_name(), sum));
    }
    lines.sort();
    let lines = lines
        .iter()
        .map(|(name, sum)| format!("{sum}  {}\n", name.display()));
    Ok(lines.collect())
}

/// In hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

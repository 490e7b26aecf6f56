//! libopendkim, the library of the mail filter OpenDKIM, of Debian's package.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use setup::{debian, install};

use crate::dns::DnsServer;
use crate::results;

const PACKAGES: &[&str] = &["libopendkim11"];
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/opendkim_verify.py");

pub(crate) fn verify(files: &[PathBuf], dns: &DnsServer) -> Result<Vec<Vec<String>>, String> {
    let folder = install("OpenDKIM", PACKAGES, |folder| {
        debian::unpack(PACKAGES, folder)
    })?;
    let keys = folder.join(format!("keys-{}", dns.port()));
    let lines = |(name, text): &(String, String)| format!("{name} {text}\n");
    let said = |error| format!("{} cannot be written: {error}", keys.display());
    fs::write(&keys, dns.records().iter().map(lines).collect::<String>()).map_err(said)?;
    let mut python = Command::new("python3");
    python.arg(SCRIPT).arg(&keys).args(files);
    python.env("LD_LIBRARY_PATH", debian::libraries(&folder)?);
    let results = results(&mut python);
    fs::remove_file(&keys).map_err(said)?;
    results
}

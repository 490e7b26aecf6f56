//! dkimpy, of Python's registry.

use std::path::PathBuf;
use std::process::Command;

use crate::dns::DnsServer;
use crate::results;

/// Ed25519 needs PyNaCl.
const PACKAGES: &[&str] = &["dkimpy==1.1.8", "dnspython==2.8.0", "PyNaCl==1.6.2"];
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/dkimpy_verify.py");

pub(crate) fn verify(files: &[PathBuf], dns: &DnsServer) -> Result<Vec<Vec<String>>, String> {
    let packages = setup::pip("dkimpy", PACKAGES)?;
    let mut python = Command::new("python3");
    python.arg(SCRIPT);
    python.arg(dns.port().to_string()).args(files);
    results(python.env("PYTHONPATH", packages))
}

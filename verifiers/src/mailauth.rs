//! mailauth, of npm's registry.

use std::path::PathBuf;
use std::process::Command;

use crate::dns::DnsServer;
use crate::results;

const PACKAGES: &[&str] = &["mailauth@4.13.3"];
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/mailauth_verify.cjs");

pub(crate) fn verify(files: &[PathBuf], dns: &DnsServer) -> Result<Vec<Vec<String>>, String> {
    let packages = setup::npm("mailauth", PACKAGES)?;
    let mut node = Command::new("node");
    node.arg(SCRIPT);
    node.arg(dns.port().to_string()).args(files);
    results(node.env("NODE_PATH", packages.join("node_modules")))
}

//! OpenSSL's verdict on a chain: `openssl verify` with the options of a client's handshake.

use std::net::IpAddr;
use std::process::Command;

use rustls::pki_types::CertificateDer;

use super::judge::{NOW, Row};
use crate::openssl::{Folder, installed, pem};

// From openssl/x509_vfy.h.
pub(super) const OK: u32 = 0;
pub(super) const SIGNATURE_FAILURE: u32 = 7;
pub(super) const ISSUER_MISSING: u32 = 2;
pub(super) const NOT_YET_VALID: u32 = 9;
pub(super) const EXPIRED: u32 = 10;
pub(super) const BAD_START: u32 = 13;
pub(super) const LEAF_SELF_SIGNED: u32 = 18;
pub(super) const ROOT_NOT_TRUSTED: u32 = 19;
pub(super) const ISSUER_NOT_FOUND: u32 = 20;
pub(super) const INVALID_CA: u32 = 79;
pub(super) const PATH_LENGTH: u32 = 25;
pub(super) const PURPOSE: u32 = 26;
pub(super) const UNKNOWN_CRITICAL_EXTENSION: u32 = 34;
pub(super) const NOT_PERMITTED: u32 = 47;
pub(super) const EXCLUDED: u32 = 48;
pub(super) const HOST_NAME: u32 = 62;
pub(super) const IP_ADDRESS: u32 = 64;
pub(super) const LEAF_KEY_TOO_SMALL: u32 = 66;
pub(super) const CA_KEY_TOO_SMALL: u32 = 67;
pub(super) const CA_HASH_TOO_WEAK: u32 = 68;

/// `None` without OpenSSL.
pub(super) fn verdict(row: &Row) -> Option<u32> {
    if !installed() {
        return None;
    }
    let folder = Folder::new();
    let write = |name, certificates: &[CertificateDer<'static>]| {
        let text: String = certificates.iter().map(|der| pem(der)).collect();
        folder.write(name, &text)
    };
    let leaf = write("leaf", &row.chain[..1]);
    // The whole chain, as a client receives it.
    let chain = write("chain", &row.chain);
    let trusted = write("trusted", &row.trusted);
    let name = match row.asked.parse::<IpAddr>() {
        Ok(_) => "-verify_ip",
        Err(_) => "-verify_hostname",
    };
    // Clients have level 2 on Debian, and everywhere from OpenSSL 3.2 on.
    let output = Command::new("openssl")
        .args(["verify", "-purpose", "sslserver", "-auth_level", "2"])
        .args(["-attime", &NOW.to_string(), name, row.asked])
        .args(["-no-CApath", "-no-CAstore", "-CAfile"])
        .arg(trusted)
        .arg("-untrusted")
        .arg(chain)
        .arg(leaf)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let number = said
        .lines()
        .find_map(|line| line.strip_prefix("error ")?.split(' ').next()?.parse().ok());
    match (output.status.success(), number) {
        (true, None) => Some(OK),
        (false, Some(number)) => Some(number),
        _ => panic!("{}: {said}", row.what),
    }
}

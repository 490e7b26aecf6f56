//! OpenSSL's verdict on a chain: the command `openssl verify`, set to what it does in a client's
//! handshake.

use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::pki_types::CertificateDer;
use servers::report;

use super::judge::{NOW, Row};

// Of openssl/x509_vfy.h.
pub const OK: u32 = 0;
pub const SIGNATURE_FAILURE: u32 = 7;
pub const ISSUER_MISSING: u32 = 2;
pub const NOT_YET_VALID: u32 = 9;
pub const EXPIRED: u32 = 10;
pub const BAD_START: u32 = 13;
pub const LEAF_SELF_SIGNED: u32 = 18;
pub const ROOT_NOT_TRUSTED: u32 = 19;
pub const ISSUER_NOT_FOUND: u32 = 20;
pub const INVALID_CA: u32 = 79;
pub const PATH_LENGTH: u32 = 25;
pub const PURPOSE: u32 = 26;
pub const UNKNOWN_CRITICAL_EXTENSION: u32 = 34;
pub const NOT_PERMITTED: u32 = 47;
pub const EXCLUDED: u32 = 48;
pub const HOST_NAME: u32 = 62;
pub const IP_ADDRESS: u32 = 64;
pub const LEAF_KEY_TOO_SMALL: u32 = 66;
pub const CA_KEY_TOO_SMALL: u32 = 67;
pub const CA_HASH_TOO_WEAK: u32 = 68;

/// None where there is no OpenSSL.
pub fn verdict(row: &Row) -> Option<u32> {
    if !*INSTALLED {
        return None;
    }
    let folder = Folder::new();
    let leaf = folder.write("leaf", &row.chain[..1]);
    // The whole chain, as a client hears it.
    let chain = folder.write("chain", &row.chain);
    let trusted = folder.write("trusted", &row.trusted);
    let name = match row.asked.parse::<IpAddr>() {
        Ok(_) => "-verify_ip",
        Err(_) => "-verify_hostname",
    };
    // Level 2 is that of Debian's clients, and of all from OpenSSL 3.2 on.
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

static INSTALLED: LazyLock<bool> = LazyLock::new(|| {
    let installed = Command::new("openssl").arg("version").output().is_ok();
    if !installed {
        report::not_run(&"openssl verify", "there is no command openssl");
    }
    installed
});

/// Gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("chains-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// As PEM.
    fn write(&self, name: &str, certificates: &[CertificateDer<'static>]) -> PathBuf {
        let path = self.0.join(name);
        let text: String = certificates.iter().map(|der| pem(der)).collect();
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn pem(der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let lines: Vec<_> = lines.collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}

//! The folder of one running server, and its ports.

use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fs, io, process};

use super::{
    Kind, PASSWORD, RECIPIENTS_LIMIT, SIZE_LIMIT, TRANSACTIONS_LIMIT, UNANNOUNCED_LIMIT, USER,
    namespace, token,
};
use crate::authority::Identity;

static INSTANCES: AtomicU32 = AtomicU32::new(0);

/// Its folder holds `certificate.pem`, `key.pem`, `authority.pem`, `log/`, and, once the server runs, `ready` and
/// the maildir `inbox/`. Dropping removes it.
pub(super) struct Instance {
    pub folder: PathBuf,
    /// Where the server is installed.
    pub packages: PathBuf,
    pub port: u16,
    pub tls_port: u16,
}

impl Instance {
    pub fn new(kind: Kind, identity: &Identity) -> io::Result<Instance> {
        let number = INSTANCES.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{}-{number}", kind.name(), process::id());
        let (port, tls_port) = free_ports()?;
        let parent = setup::home().join("running");
        fs::create_dir_all(&parent)?;
        sweep(&parent);
        let instance = Instance {
            folder: parent.canonicalize()?.join(name),
            packages: setup::folder(kind.name()),
            port,
            tls_port,
        };
        fs::create_dir_all(instance.folder.join("log"))?;
        instance.configure("certificate.pem", &identity.chain_pem())?;
        instance.configure("key.pem", &identity.key_pem())?;
        instance.configure("authority.pem", identity.issuer_pem())?;
        Ok(instance)
    }

    /// Makes a folder that the server's own user may write to.
    pub fn make_owned(&self, name: &str, user: u32, group: u32) -> io::Result<()> {
        let path = self.folder.join(name);
        fs::create_dir_all(&path)?;
        chown(path, Some(user), Some(group))
    }

    /// Writes a configuration file, its @PLACEHOLDERS@ filled in, and returns its path.
    pub fn configure(&self, name: &str, template: &str) -> io::Result<PathBuf> {
        let text = template
            .replace("@PORT@", &self.port.to_string())
            .replace("@TLS_PORT@", &self.tls_port.to_string())
            .replace("@SIZE@", &SIZE_LIMIT.to_string())
            .replace("@RECIPIENTS@", &RECIPIENTS_LIMIT.to_string())
            .replace("@UNANNOUNCED@", &UNANNOUNCED_LIMIT.to_string())
            .replace("@TRANSACTIONS@", &TRANSACTIONS_LIMIT.to_string())
            .replace("@UID@", &namespace::UID.to_string());
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
        fs::write(&path, text)?;
        Ok(path)
    }

    /// Tells the scripts, in their environment, what configuration files tell the others.
    pub fn describe(&self, command: &mut Command) {
        command
            .env("PORT", self.port.to_string())
            .env("TLS_PORT", self.tls_port.to_string())
            .env("SIZE", SIZE_LIMIT.to_string())
            .env("SMTP_USER", USER)
            .env("SMTP_PASSWORD", PASSWORD)
            .env("SMTP_TOKEN", token());
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Removes the folders of tests that were killed: their names hold the process's number.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let process = name.rsplit('-').nth(1).unwrap_or_default();
        if !Path::new("/proc").join(process).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Two that the system calls free now. Another process may take one before the server does:
/// whoever starts the server tries again.
fn free_ports() -> io::Result<(u16, u16)> {
    let listeners = (
        TcpListener::bind("127.0.0.1:0")?,
        TcpListener::bind("127.0.0.1:0")?,
    );
    Ok((
        listeners.0.local_addr()?.port(),
        listeners.1.local_addr()?.port(),
    ))
}

//! The folder and the ports of one running server.

use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fs, io, process};

use super::{
    PASSWORD, RECIPIENTS_LIMIT, SIZE_LIMIT, Settings, TRANSACTIONS_LIMIT, UNANNOUNCED_LIMIT, USER,
    namespace, token,
};
use crate::authority::Identity;

static INSTANCES: AtomicU32 = AtomicU32::new(0);

/// The folder contains `certificate.pem`, `key.pem`, `authority.pem` and `log/`; and, once the server
/// runs, `ready` and the maildir `inbox/`. Dropping removes it.
pub(super) struct Instance {
    pub folder: PathBuf,
    /// The folder in which the server is installed.
    pub packages: PathBuf,
    pub port: u16,
    pub tls_port: u16,
    pub settings: Settings,
}

impl Instance {
    pub(super) fn new(
        server: &str,
        identity: &Identity,
        settings: Settings,
    ) -> io::Result<Instance> {
        let number = INSTANCES.fetch_add(1, Ordering::Relaxed);
        let name = format!("{server}-{}-{number}", process::id());
        let (port, tls_port) = free_ports()?;
        let parent = setup::home().join("running");
        fs::create_dir_all(&parent)?;
        sweep(&parent);
        let instance = Instance {
            folder: parent.canonicalize()?.join(name),
            packages: setup::folder(server),
            port,
            tls_port,
            settings,
        };
        fs::create_dir_all(instance.folder.join("log"))?;
        instance.configure("certificate.pem", &identity.chain_pem())?;
        instance.configure("key.pem", &identity.key_pem())?;
        instance.configure("authority.pem", identity.issuer_pem())?;
        Ok(instance)
    }

    /// Creates a folder that the server's user may write to.
    pub(super) fn make_owned(&self, name: &str, user: u32, group: u32) -> io::Result<()> {
        let path = self.folder.join(name);
        fs::create_dir_all(&path)?;
        chown(path, Some(user), Some(group))
    }

    /// Writes a configuration file with its @PLACEHOLDERS@ replaced, and returns its path.
    pub(super) fn configure(&self, name: &str, template: &str) -> io::Result<PathBuf> {
        let text = template
            .replace("@SETTINGS@", &self.settings.lines)
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

    /// Sets environment variables for the scripts, with the values that others read from configuration
    /// files.
    pub(super) fn describe(&self, command: &mut Command) {
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

/// Removes the folders of killed tests. A folder's name contains the process ID.
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

/// Two ports that are free now. Another process may take one before the server does; the caller tries
/// again then.
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

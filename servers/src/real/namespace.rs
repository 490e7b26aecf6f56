//! Runs a server in its own mount and PID namespaces (see scripts/namespace.sh).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use setup::{debian, install, run};

use super::instance::Instance;

/// Owns the stored messages. The number has a name only inside the namespace; it is above those that
/// systems assign.
pub(super) const UID: u32 = 63_025;

/// The group of Postfix's `postdrop`.
pub(super) const POSTDROP: u32 = UID + 1;

/// Dovecot's two users: one for its own processes, one for processes that talk to unauthenticated
/// clients.
const DOVECOT: u32 = UID + 2;
const DOVENULL: u32 = UID + 3;

/// sendmail's two users: one for the daemon, one for submission by the command.
pub(super) const SMMTA: u32 = UID + 4;
const SMMSP: u32 = UID + 5;

const SCRIPT: &str = include_str!("../../scripts/namespace.sh");

/// For servers that use Debian's paths: mounts the packages' /etc and /var over the system's, and a fresh
/// /run. Only /run is writable.
pub(super) const DEBIAN_FOLDERS: &str = r#"
    cd "$2"
    mount -t overlay overlay -o lowerdir=namespace:etc:/etc /etc
    mount -t overlay overlay -o lowerdir=var:/var /var
    mount -t tmpfs tmpfs /run
    cd /mnt
"#;

/// Shell code that waits until both ports are open, for servers that do not report it. It ends if `check`
/// fails before.
pub(super) fn wait_until_open(instance: &Instance, check: &str) -> String {
    // The kernel prints addresses in host byte order (proc(5)); state 0A is LISTEN.
    let wait = |port| {
        format!(
            "until grep -q '{:08X}:{port:04X} 00000000:0000 0A' /proc/net/tcp; do {check}; sleep 0.01; done\n",
            u32::from_ne_bytes([127, 0, 0, 1])
        )
    };
    wait(instance.port) + &wait(instance.tls_port) + "touch ready"
}

/// Runs the shell code in the namespace, with the instance's folder as /mnt.
pub(super) fn command(instance: &Instance, shell: &str) -> Command {
    enter(&instance.folder, &instance.packages, shell)
}

/// Unpacks a server's Debian packages for use in a namespace.
pub(super) fn unpack(name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    unpack_with(name, packages, |_| Ok(()))
}

/// As [`unpack`]; `finish` then does what the packages' installation scripts do on a system.
pub(super) fn unpack_with(
    name: &str,
    packages: &[&str],
    finish: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<PathBuf, String> {
    install(name, packages, |folder| {
        let version = debian::unpack(packages, folder)?;
        write_etc_files(folder)
            .and_then(|()| finish(folder))
            .map_err(|error| error.to_string())?;
        Ok(version)
    })
}

/// Writes the files that are mounted over the system's files in /etc.
fn write_etc_files(packages: &Path) -> io::Result<()> {
    let folder = packages.join("namespace");
    fs::create_dir(&folder)?;
    fs::write(folder.join("passwd"), passwd())?;
    fs::write(folder.join("group"), group())?;
    fs::write(folder.join("hosts"), "127.0.0.1 localhost mail.test\n")?;
    fs::write(
        folder.join("resolv.conf"),
        "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
    )
}

/// Checks whether the machine allows such namespaces, by creating one.
pub(super) fn check(packages: &Path) -> Result<(), String> {
    output(packages, "exit 0")
        .map(drop)
        .map_err(|reason| format!("no namespace of its own can be made: {reason}"))
}

/// As [`check`], and whether the server has this release.
pub(super) fn check_release(packages: &Path, release: &str) -> Result<(), String> {
    check(packages)?;
    let found = fs::read_to_string(packages.join("version")).unwrap_or_default();
    if found == release {
        return Ok(());
    }
    Err(format!("this is for {release}, and the system has {found}"))
}

/// The output of the shell code in such a namespace.
pub(super) fn output(packages: &Path, shell: &str) -> Result<String, String> {
    run(&mut enter(packages, packages, shell))
}

fn enter(folder: &Path, packages: &Path, shell: &str) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--pid", "--fork", "--mount-proc", "--kill-child"])
        .args(["sh", "-c", SCRIPT, "namespace.sh"])
        .args([folder, packages])
        .arg(shell)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command
}

fn passwd() -> String {
    format!(
        "root:x:0:0::/:/bin/sh\n\
         nobody:x:65534:65534::/:/bin/false\n\
         postfix:x:{UID}:{UID}::/:/bin/false\n\
         Debian-exim:x:{UID}:{UID}::/:/bin/false\n\
         cyrus:x:{UID}:8::/:/bin/false\n\
         dovecot:x:{DOVECOT}:{DOVECOT}::/:/bin/false\n\
         dovenull:x:{DOVENULL}:{DOVENULL}::/:/bin/false\n\
         courier:x:{UID}:{UID}::/:/bin/false\n\
         smmta:x:{SMMTA}:{SMMTA}::/:/bin/false\n\
         smmsp:x:{SMMSP}:{SMMSP}::/:/bin/false\n"
    )
}

/// Postfix requires that its two groups differ.
fn group() -> String {
    format!(
        "root:x:0:\nmail:x:8:\nnogroup:x:65534:\n\
         postfix:x:{UID}:\npostdrop:x:{POSTDROP}:\nDebian-exim:x:{UID}:\n\
         dovecot:x:{DOVECOT}:\ndovenull:x:{DOVENULL}:\n\
         courier:x:{UID}:\nsmmta:x:{SMMTA}:\nsmmsp:x:{SMMSP}:\n"
    )
}

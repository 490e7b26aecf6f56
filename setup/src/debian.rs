//! Debian packages, unpacked and not installed.
//!
//! Debian's mail servers conflict with each other, and an installed one changes the system's mail
//! configuration. apt selects, downloads and verifies a package and its dependencies that the machine lacks;
//! `dpkg --extract` unpacks them into one folder.

use std::env::join_paths;
use std::ffi::OsString;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use crate::install::home;
use crate::run;

/// A release with old servers, and newer ones in its backports.
const BACKPORTED: &str = "bookworm";

/// Unpacks `packages` and their dependencies into `folder`, and returns the version of the first. Packages are
/// in apt's form, `name` or `name=version`. If the system lacks one of these versions, it uses its own for
/// all.
pub fn unpack(packages: &[&str], folder: &Path) -> Result<String, String> {
    if fs::metadata("/proc/self").map(|process| process.uid()).ok() != Some(0) {
        return Err("only root can have apt download it".into());
    }
    let apt = Apt::new(&folder.join("archives")).map_err(|error| error.to_string())?;
    apt.run(&["update"])?;
    let names: Vec<&str> = packages.iter().map(|package| name(package)).collect();
    apt.download(packages)
        .or_else(|reason| apt.download(&names).map_err(|_| reason))
        .map_err(|reason| apt.cause().unwrap_or(reason))?;
    extract(&apt.archives, names[0], folder)
}

/// For `LD_LIBRARY_PATH`: the folder of a processor's libraries, such as `x86_64-linux-gnu`.
pub fn libraries(folder: &Path) -> Result<OsString, String> {
    let folders = fs::read_dir(folder.join("usr/lib")).into_iter().flatten();
    let folders = folders.filter_map(|entry| Some(entry.ok()?.path()));
    let named = folders.filter(|path| path.to_string_lossy().contains("-linux-gnu"));
    join_paths(named).map_err(|error| error.to_string())
}

fn name(package: &str) -> &str {
    package.split('=').next().unwrap_or(package)
}

/// apt with its own lists and downloads, and the system's mirrors, keys and proxies.
struct Apt {
    archives: PathBuf,
    options: Vec<String>,
    /// A second suite to take packages from.
    suite: Option<String>,
}

impl Apt {
    fn new(archives: &Path) -> io::Result<Apt> {
        let own = home().join("apt");
        fs::create_dir_all(own.join("lists/partial"))?;
        fs::create_dir_all(archives.join("partial"))?;
        let (own, archives) = (own.canonicalize()?, archives.canonicalize()?);
        let system = fs::read_to_string("/etc/apt/sources.list").unwrap_or_default();
        let backports = backports();
        let sources = system + "\n" + backports.as_deref().unwrap_or_default() + "\n";
        fs::write(own.join("sources.list"), sources)?;
        Ok(Apt {
            options: vec![
                format!("Dir::Etc::SourceList={}/sources.list", own.display()),
                format!("Dir::State::Lists={}/lists", own.display()),
                format!("Dir::Cache={}", own.display()),
                format!("Dir::Cache::Archives={}", archives.display()),
                // Its unprivileged user may lack access to this folder.
                "APT::Sandbox::User=root".into(),
                // Seconds: another apt may be running.
                "DPkg::Lock::Timeout=120".into(),
                "Acquire::Retries=3".into(),
                "Acquire::http::Timeout=30".into(),
            ],
            archives,
            suite: backports.map(|_| format!("{BACKPORTED}-backports")),
        })
    }

    fn download(&self, packages: &[&str]) -> Result<String, String> {
        let mut arguments = vec!["install", "--download-only", "--yes"];
        // Named packages are unpacked even if the machine has them: it may lose them later.
        arguments.extend(["--no-install-recommends", "--reinstall"]);
        if let Some(suite) = &self.suite {
            arguments.extend(["--target-release", suite]);
        }
        arguments.extend(packages);
        self.run(&arguments)
    }

    /// The reason if lists are missing. `update` alone only warns, because one source may be enough.
    fn cause(&self) -> Option<String> {
        self.run(&["update", "-o", "APT::Update::Error-Mode=any"])
            .err()
    }

    fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new("apt-get");
        command.arg("--quiet");
        for option in &self.options {
            command.args(["-o", option]);
        }
        run(command.args(arguments))
    }
}

/// The sources.list line of the backports, on the mirror of the release itself.
fn backports() -> Option<String> {
    let mut targets = Command::new("apt-get");
    targets.args(["indextargets", "--format", "$(REPO_URI) $(RELEASE)"]);
    let targets = run(targets.arg("Created-By: Packages")).ok()?;
    let mirror = targets
        .lines()
        .find_map(|line| line.strip_suffix(&format!(" {BACKPORTED}")))?;
    Some(format!("deb {mirror} {BACKPORTED}-backports main"))
}

/// Unpacks all archives, and removes them.
fn extract(archives: &Path, first: &str, folder: &Path) -> Result<String, String> {
    let said = |error: io::Error| format!("{} cannot be filled: {error}", folder.display());
    let mut version = None;
    for archive in fs::read_dir(archives).map_err(said)? {
        let archive = archive.map_err(said)?.path();
        if archive
            .extension()
            .is_none_or(|extension| extension != "deb")
        {
            continue;
        }
        run(Command::new("dpkg")
            .arg("--extract")
            .args([&archive, folder]))?;
        let name = archive.file_name().unwrap_or_default().to_string_lossy();
        if let Some(rest) = name.strip_prefix(&format!("{first}_")) {
            version = Some(upstream(rest).to_string());
        }
    }
    fs::remove_dir_all(archives).map_err(said)?;
    merge_usr(folder)?;
    version.ok_or_else(|| format!("apt did not download {first}"))
}

/// The upstream version in the end of an archive's name, such as `1%3a2.3.21.1+dfsg1-1_amd64.deb`.
fn upstream(version: &str) -> &str {
    let without_epoch = version.split("%3a").last().unwrap_or(version);
    without_epoch
        .split(['-', '+', '_'])
        .next()
        .unwrap_or(without_epoch)
}

/// Some packages still have files in /lib or /sbin, and expect a merged /usr.
fn merge_usr(folder: &Path) -> Result<(), String> {
    for name in ["bin", "lib", "lib64", "sbin"] {
        let (outside, inside) = (folder.join(name), folder.join("usr").join(name));
        if outside.exists() {
            run(Command::new("cp")
                .args(["--archive", "--no-target-directory"])
                .args([outside, inside]))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::upstream;

    #[test]
    fn versions_are_upstream_versions() {
        assert_eq!(upstream("3.10.3-2~bpo12+1_amd64.deb"), "3.10.3");
        assert_eq!(
            upstream("1%3a2.3.21.1+dfsg1-1~bpo12+1_amd64.deb"),
            "2.3.21.1"
        );
    }
}

//! Installs a server once, whoever asks first.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::{fmt, io};

use super::Kind;

/// Why this machine cannot have a server, in a sentence.
#[derive(Debug, Clone)]
pub struct Unavailable {
    pub kind: Kind,
    pub reason: String,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} is not to be had here: {}", self.kind, self.reason)
    }
}

impl std::error::Error for Unavailable {}

/// Installs what is missing for a server and makes sure that it can run here. The first call on a
/// machine downloads; later ones take no time. Threads and processes may call it at once.
pub fn prepare(kind: Kind) -> Result<(), Unavailable> {
    let recipe = kind.recipe();
    install(recipe.name, recipe.packages, recipe.install)
        .and_then(|folder| (recipe.check)(&folder))
        .map_err(|reason| Unavailable { kind, reason })
}

/// Where all of this lives.
pub(super) fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/servers")
}

/// Where a server's files are once it is installed.
pub(super) fn folder(kind: Kind) -> PathBuf {
    home().join(kind.name())
}

pub(super) fn installed_version(kind: Kind) -> Option<String> {
    fs::read_to_string(folder(kind).join("version")).ok()
}

/// Has `fill` put the packages, and return their version, into the folder of that name; which is
/// returned.
pub(super) fn install(
    name: &str,
    packages: &[&str],
    fill: fn(&Path) -> Result<String, String>,
) -> Result<PathBuf, String> {
    let _lock =
        lock().map_err(|error| format!("{} cannot be locked: {error}", home().display()))?;
    let packages = packages.join("\n");
    let folder = home().join(name);
    if fs::read_to_string(folder.join("packages")).is_ok_and(|installed| installed == packages) {
        return Ok(folder);
    }
    // An installation that was interrupted is never taken for a whole one: only that has the name.
    let new = home().join(format!("{name}.new"));
    let said = |error: io::Error| format!("{} cannot be written: {error}", new.display());
    let begin = || remove(&new).and_then(|()| fs::create_dir(&new));
    begin().map_err(said)?;
    let version = fill(&new)?;
    let finish = || {
        fs::write(new.join("version"), version)?;
        fs::write(new.join("packages"), packages)?;
        remove(&folder)?;
        fs::rename(&new, &folder)
    };
    finish().map_err(said)?;
    Ok(folder)
}

/// What there may be of a folder.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// One installation at a time: apt's lists are shared. The lock ends with the file.
fn lock() -> io::Result<File> {
    fs::create_dir_all(home())?;
    let file = File::create(home().join("lock"))?;
    file.lock()?;
    Ok(file)
}

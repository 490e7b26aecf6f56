//! Installs a thing once, whoever asks first.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Where all of this lives.
pub fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/setup")
}

/// Where what is installed under that name is.
pub fn folder(name: &str) -> PathBuf {
    home().join(name)
}

/// The version of what was installed under that name.
pub fn version(name: &str) -> Option<String> {
    fs::read_to_string(folder(name).join("version")).ok()
}

/// Has `fill` put the packages, and return their version, into the folder of that name; which is
/// returned. Where the packages are others than were installed, they are installed anew. Threads and
/// processes may call it at once.
pub fn install(
    name: &str,
    packages: &[&str],
    fill: impl FnOnce(&Path) -> Result<String, String>,
) -> Result<PathBuf, String> {
    let _lock =
        lock().map_err(|error| format!("{} cannot be locked: {error}", home().display()))?;
    let packages = packages.join("\n");
    let folder = folder(name);
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

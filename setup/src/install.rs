//! Installs a set of packages once, however many threads and processes ask for it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The project's folder.
///
/// # Panics
/// Never: this package has a folder of its own in it.
pub fn project() -> &'static Path {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    project.expect("this package has a folder of its own")
}

/// The folder of everything that is installed.
pub fn home() -> PathBuf {
    project().join("target/setup")
}

/// The folder of the packages that are installed under that name.
pub fn folder(name: &str) -> PathBuf {
    home().join(name)
}

/// The version of the packages that are installed under that name.
pub fn version(name: &str) -> Option<String> {
    fs::read_to_string(folder(name).join("version")).ok()
}

/// Returns the folder of that name, in which `fill` installs the packages and whose version it returns. If
/// other packages were installed before, `fill` replaces them. Threads and processes may call it at once.
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
    // Only a complete installation gets the name; an interrupted one never does.
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

/// Removes a folder if it exists.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// One installation at a time, because apt's lists are shared. Dropping the file ends the lock.
fn lock() -> io::Result<File> {
    fs::create_dir_all(home())?;
    let file = File::create(home().join("lock"))?;
    file.lock()?;
    Ok(file)
}

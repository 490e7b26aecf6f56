//! What takes long to make is made anew where what it is made of has changed, as make(1) does it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Whether a file is younger than all of these files and folders, and this program.
pub fn is_fresh(made: &Path, sources: &[PathBuf]) -> io::Result<bool> {
    let Ok(made) = fs::metadata(made).and_then(|made| made.modified()) else {
        return Ok(false);
    };
    let mut newest = changed(&env::current_exe()?)?;
    for source in sources {
        newest = newest.max(changed(source)?);
    }
    Ok(newest < made)
}

/// When last something was written in it.
fn changed(path: &Path) -> io::Result<SystemTime> {
    let metadata = fs::metadata(path)?;
    let mut newest = metadata.modified()?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            newest = newest.max(changed(&entry?.path())?);
        }
    }
    Ok(newest)
}

//! Skips slow builds whose sources have not changed, as make(1) does.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Whether a file is younger than all of these files and folders, and this program.
pub(super) fn is_fresh(made: &Path, sources: &[PathBuf]) -> io::Result<bool> {
    let Ok(made) = fs::metadata(made).and_then(|made| made.modified()) else {
        return Ok(false);
    };
    let mut newest = changed(&env::current_exe()?)?;
    for source in sources {
        newest = newest.max(changed(source)?);
    }
    Ok(newest < made)
}

/// The time of the last change to a file, or to anything in a folder.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs::File, time::Duration};

    #[test]
    fn a_file_older_than_a_source_is_not_fresh() {
        let folder = env::temp_dir().join(format!("fresh-{}", std::process::id()));
        let (made, source) = (folder.join("made"), folder.join("sources/deep/source"));
        fs::create_dir_all(source.parent().unwrap()).unwrap();
        File::create(&source).unwrap();
        let sources = [folder.join("sources")];
        assert!(!is_fresh(&made, &sources).unwrap(), "it is not there");
        let later = |seconds| SystemTime::now() + Duration::from_secs(seconds);
        File::create(&made)
            .unwrap()
            .set_modified(later(10))
            .unwrap();
        assert!(is_fresh(&made, &sources).unwrap());
        File::create(&source)
            .unwrap()
            .set_modified(later(20))
            .unwrap();
        assert!(!is_fresh(&made, &sources).unwrap());
        fs::remove_dir_all(folder).unwrap();
    }
}

//! Files in the folders that the host grants (wasmtime: --dir).

use std::io::Read;

use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
use wasip2::io::streams::InputStream;

use crate::exit::{Failure, NO_INPUT};

/// The content of a file as a stream.
pub(crate) fn open(path: &str) -> Result<InputStream, Failure> {
    let unreadable = |why: &str| Failure::new(NO_INPUT, format!("cannot read {path}: {why}"));
    let folders = get_directories();
    let granted = folders.iter().filter_map(|(folder, name)| {
        let below = below(name, path)?;
        Some((folder, below))
    });
    // The innermost folder.
    let Some((folder, below)) = granted.min_by_key(|(_, below)| below.len()) else {
        return Err(unreadable(
            "the host grants no folder that holds it (wasmtime: --dir FOLDER)",
        ));
    };
    folder
        .open_at(
            PathFlags::SYMLINK_FOLLOW,
            below,
            OpenFlags::empty(),
            DescriptorFlags::READ,
        )
        .and_then(|file| file.read_via_stream(0))
        .map_err(|code| unreadable(code.name()))
}

/// The whole content of a file.
pub(crate) fn read(path: &str) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    let read = open(path)?.read_to_end(&mut content);
    read.map_err(|error| Failure::new(NO_INPUT, format!("cannot read {path}: {error}")))?;
    Ok(content)
}

/// The file name at the end of a path.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The rest of the path below a folder, if it is there.
fn below<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    let path = path.strip_prefix("./").unwrap_or(path);
    match folder.strip_prefix("./").unwrap_or(folder) {
        "." | "" => Some(path).filter(|path| !path.starts_with('/')),
        folder => path
            .strip_prefix(folder.trim_end_matches('/'))?
            .strip_prefix('/'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_below_the_folders_that_begin_it() {
        for (folder, path, rest) in [
            (".", "a.pdf", Some("a.pdf")),
            (".", "./in/a.pdf", Some("in/a.pdf")),
            ("./", "a.pdf", Some("a.pdf")),
            (".", "/a.pdf", None),
            ("in", "in/a.pdf", Some("a.pdf")),
            ("./in/", "in/a.pdf", Some("a.pdf")),
            ("in", "inside/a.pdf", None),
            ("in", "in", None),
            ("/", "/in/a.pdf", Some("in/a.pdf")),
            ("/in", "/in/a.pdf", Some("a.pdf")),
            ("/in", "a.pdf", None),
        ] {
            assert_eq!(below(folder, path), rest, "{path} in {folder}");
        }
    }

    #[test]
    fn the_name_is_what_stands_after_the_last_slash() {
        assert_eq!(name("in/a.pdf"), "a.pdf");
        assert_eq!(name("a.pdf"), "a.pdf");
    }
}

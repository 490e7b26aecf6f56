//! The tests of the component, with the lines of docs/conformance.md that each shows.
//!
//! ```text
//! // Conformance: 3, 15
//! #[test]
//! fn helo_follows_if_ehlo_is_not_understood() {
//! ```

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};

const MARK: &str = "// Conformance: ";

/// The folders with tests of the component.
const FOLDERS: [&str; 3] = ["tests", "host-tests/tests", "src"];

#[derive(Debug, PartialEq)]
pub(super) struct Test {
    /// The path from the root, with `/`.
    pub file: String,
    pub name: String,
    /// Numbers of docs/conformance.in.md.
    pub shows: Vec<usize>,
}

/// Sorted by file, then by place in the file.
pub(super) fn read_all(root: &Path) -> Result<Vec<Test>> {
    let mut tests = Vec::new();
    for folder in FOLDERS {
        read_folder(root, folder, &mut tests)?;
    }
    Ok(tests)
}

fn read_folder(root: &Path, folder: &str, tests: &mut Vec<Test>) -> Result<()> {
    let mut entries: Vec<_> = fs::read_dir(root.join(folder))
        .with_context(|| format!("cannot read {folder}/"))?
        .collect::<Result<_, _>>()?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let path = format!("{folder}/{}", entry.file_name().display());
        if entry.file_type()?.is_dir() {
            read_folder(root, &path, tests)?;
        } else if path.ends_with(".rs") {
            tests.append(&mut read_file(&path, &fs::read_to_string(entry.path())?)?);
        }
    }
    Ok(())
}

fn read_file(file: &str, text: &str) -> Result<Vec<Test>> {
    let mut tests = Vec::new();
    let mut shows = None;
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if let Some(numbers) = line.strip_prefix(MARK) {
            let numbers = parse_numbers(numbers)
                .with_context(|| format!("{file}: `{line}` is not a list of numbers"))?;
            shows = Some(numbers);
        } else if line == "#[test]" {
            // Other attributes may come between.
            let name = lines
                .find_map(|line| line.strip_prefix("fn "))
                .and_then(|rest| rest.split('(').next())
                .with_context(|| format!("{file}: no function after #[test]"))?;
            tests.push(Test {
                file: file.into(),
                name: name.into(),
                shows: shows.take().unwrap_or_default(),
            });
        } else if shows.is_some() {
            bail!("{file}: a mark is above `{line}`, not directly above #[test]");
        }
    }
    Ok(tests)
}

fn parse_numbers(list: &str) -> Result<Vec<usize>> {
    let numbers = list.split(", ").map(str::parse);
    Ok(numbers.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_belong_to_the_test_below_them() {
        let text = "
            // Conformance: 3, 15
            #[test]
            #[should_panic]
            fn one() {}

            #[test]
            fn two(text in any::<String>()) {}";
        let tests = read_file("tests/a.rs", text).unwrap();
        let found: Vec<_> = tests.iter().map(|t| (&*t.name, &*t.shows)).collect();
        assert_eq!(found, [("one", &[3, 15][..]), ("two", &[])]);
    }

    #[test]
    fn a_malformed_mark_is_an_error() {
        for text in [
            "// Conformance: 3 and 4\n#[test]\nfn a() {}",
            "// Conformance: 3\n\n#[test]\nfn a() {}",
            "// Conformance: 3\nfn a() {}",
        ] {
            assert!(read_file("a.rs", text).is_err(), "{text}");
        }
    }
}

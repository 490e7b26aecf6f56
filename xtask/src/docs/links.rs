//! What the pages point to is there: files, anchors, tests and the interface's functions.

use std::path::Path;

use anyhow::{Result, ensure};

use super::{Page, marks::Test};

/// Holds each link to a place of the project to three things: there is such a file; an anchor stands
/// in the page; and a name in backticks that links to a Rust file is one of its tests. Of the generated
/// pages, files may be of before.
pub fn check(root: &Path, generated: &[Page], written: &[Page], tests: &[Test]) -> Result<()> {
    let pages: Vec<&Page> = generated.iter().chain(written).collect();
    for page in &pages {
        let links = links(&page.text).filter(|(_, target)| !target.contains("://"));
        for (label, target) in links {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = match file {
                "" => page.path.clone(),
                file => resolve(&page.path, file),
            };
            ensure!(
                root.join(&file).exists() || pages.iter().any(|page| page.path == file),
                "{}: there is no {file}",
                page.path
            );
            ensure!(
                anchor.is_empty() || has_anchor(&pages, &file, anchor),
                "{}: there is no {anchor} in {file}",
                page.path
            );
            ensure!(
                names_a_test(label).is_none_or(|name| {
                    !file.ends_with(".rs") || tests.iter().any(|t| t.file == file && t.name == name)
                }),
                "{}: there is no test {label} in {file}",
                page.path
            );
        }
    }
    Ok(())
}

/// Labels and targets of a page's links, outside its examples of code.
fn links(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let prose = text.split("\n```").step_by(2);
    prose.flat_map(|text| {
        text.match_indices("](").filter_map(|(middle, _)| {
            let (before, after) = (&text[..middle], &text[middle + 2..]);
            Some((&before[before.rfind('[')? + 1..], after.split_once(')')?.0))
        })
    })
}

/// A target from the root, given where it is linked to: `docs/a.md` and `../b` make `b`.
fn resolve(page: &str, target: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn has_anchor(pages: &[&Page], file: &str, anchor: &str) -> bool {
    let tag = format!("<a id=\"{anchor}\"></a>");
    let page = pages.iter().find(|page| page.path == file);
    page.is_some_and(|page| {
        page.text.contains(&tag) || headings(&page.text).any(|name| name == anchor)
    })
}

/// What a page's headings are called in links.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let prose = text.split("\n```").step_by(2);
    let lines = prose.flat_map(str::lines);
    let headings = lines.filter(|line| line.starts_with('#'));
    headings.map(|line| {
        let name = line.trim_start_matches('#').trim().to_lowercase();
        let kept = name
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().replace(' ', "-")
    })
}

fn names_a_test(label: &str) -> Option<&str> {
    label.strip_prefix('`')?.strip_suffix('`')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str) -> Result<()> {
        let tests = [Test {
            file: "src/main.rs".into(),
            name: "a_test".into(),
            shows: Vec::new(),
        }];
        let pages = [
            Page {
                path: "docs/one.md".into(),
                text: text.into(),
            },
            Page {
                path: "docs/two.md".into(),
                text: "# Who, where and why\n\n<a id=\"here\"></a>".into(),
            },
        ];
        // xtask's own folder.
        check(Path::new(env!("CARGO_MANIFEST_DIR")), &pages, &[], &tests)
    }

    #[test]
    fn what_is_there_can_be_linked_to() {
        for text in [
            "[text](https://example.org/nowhere)",
            "[a](two.md#here) [b](../src/main.rs)",
            "[a](two.md#who-where-and-why)",
            "[`a_test`](../src/main.rs)",
            "text\n```wit\n[a](nowhere.md)\n```\n",
        ] {
            assert!(check_text(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        for text in [
            "[a](three.md)",
            "[a](two.md#there)",
            "[a](#here)",
            "[`another_test`](../src/main.rs)",
            "text\n```\n```\n[a](nowhere.md)",
        ] {
            assert!(check_text(text).is_err(), "{text}");
        }
    }
}

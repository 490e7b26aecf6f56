//! Links to tests: a name in backticks that links to a Rust file is one of its tests. The crate `book` follows
//! all other links.

use anyhow::{Result, ensure};

use super::{Page, marks::Test};

pub(crate) fn check<'a>(pages: impl Iterator<Item = &'a Page>, tests: &[Test]) -> Result<()> {
    for page in pages {
        for (name, target) in links(&page.text).filter(|(_, target)| target.ends_with(".rs")) {
            let file = resolve(&page.path, target);
            ensure!(
                tests
                    .iter()
                    .any(|test| test.file == file && test.name == name),
                "{}: there is no test {name} in {file}",
                page.path
            );
        }
    }
    Ok(())
}

/// Labels in backticks and targets of a page's links, outside its code blocks.
fn links(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let prose = text.split("\n```").step_by(2);
    prose.flat_map(|text| {
        text.match_indices("`](").filter_map(|(middle, mark)| {
            let (before, after) = (&text[..middle], &text[middle + mark.len()..]);
            Some((&before[before.rfind("[`")? + 2..], after.split_once(')')?.0))
        })
    })
}

/// The path from the root of a link's target: `b` for `../b` in `docs/a.md`.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str) -> Result<()> {
        let tests = [Test {
            file: "tests/main.rs".into(),
            name: "a_test".into(),
            shows: Vec::new(),
        }];
        let page = Page {
            path: "docs/one.md".into(),
            text: text.into(),
        };
        check([page].iter(), &tests)
    }

    #[test]
    fn a_name_that_links_to_a_rust_file_is_one_of_its_tests() {
        for text in [
            "[`a_test`](../tests/main.rs)",
            "[a](../tests/other.rs) [`a`](two.md)",
            "text\n```\n[`a`](../tests/main.rs)\n```\n",
        ] {
            assert!(check_text(text).is_ok(), "{text}");
        }
        for text in [
            "[`another_test`](../tests/main.rs)",
            "[`a_test`](../tests/other.rs)",
            "text\n```\n```\n[`another_test`](../tests/main.rs)",
        ] {
            assert!(check_text(text).is_err(), "{text}");
        }
    }
}

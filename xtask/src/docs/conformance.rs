//! docs/conformance.md: the standards' duties of a client, and the tests that show each.
//!
//! ```text
//! 3. Section 3.2: HELO follows if EHLO is not understood.         docs/conformance.in.md
//!    Not yet: ...                                                 or "Does not apply: ..."
//! ```

use anyhow::{Context, Result, bail, ensure};

use super::marks::Test;

const REASONS: [&str; 2] = ["Not yet: ", "Does not apply: "];

const HEAD: &str =
    "<!-- Made by `cargo xtask docs` of docs/conformance.in.md and the marks of the tests. -->\n";

/// Text between the numbered lines passes through.
#[derive(Debug, PartialEq)]
enum Block<'a> {
    Text(&'a str),
    Duty(Duty<'a>),
}

#[derive(Debug, PartialEq)]
struct Duty<'a> {
    number: usize,
    text: Vec<&'a str>,
    /// Why tests do not show all of it.
    reason: Vec<&'a str>,
}

pub(super) fn page(source: &str, tests: &[Test]) -> Result<String> {
    let blocks = parse(source)?;
    check_numbers(&blocks, tests)?;
    let mut page = String::from(HEAD);
    for block in blocks {
        match block {
            Block::Text(line) => page += &format!("{line}\n"),
            Block::Duty(duty) => page += &show(&duty, tests)?,
        }
    }
    Ok(page)
}

/// Lines are numbered from 1 on, and tests show only lines that exist.
fn check_numbers(blocks: &[Block], tests: &[Test]) -> Result<()> {
    let mut last = 0;
    for block in blocks {
        if let Block::Duty(duty) = block {
            let (number, expected) = (duty.number, last + 1);
            ensure!(
                number == expected,
                "line {number} is in the place of line {expected}"
            );
            last = number;
        }
    }
    for test in tests {
        if let Some(number) = test.shows.iter().find(|n| !(1..=last).contains(n)) {
            bail!("{}: {} shows no line {number}", test.file, test.name);
        }
    }
    Ok(())
}

fn parse(source: &str) -> Result<Vec<Block<'_>>> {
    let mut blocks = Vec::new();
    for line in source.lines() {
        if let Some((number, text)) = numbered(line) {
            let (text, reason) = (vec![text], Vec::new());
            blocks.push(Block::Duty(Duty {
                number,
                text,
                reason,
            }));
        } else if line.starts_with(' ') {
            let Some(Block::Duty(duty)) = blocks.last_mut() else {
                bail!("no numbered line precedes `{line}`");
            };
            let line = line.trim_start();
            let is_reason = REASONS.iter().any(|reason| line.starts_with(reason));
            if is_reason || !duty.reason.is_empty() {
                duty.reason.push(line);
            } else {
                duty.text.push(line);
            }
        } else {
            blocks.push(Block::Text(line));
        }
    }
    Ok(blocks)
}

/// `12. the duty`
fn numbered(line: &str) -> Option<(usize, &str)> {
    let (number, text) = line.split_once(". ")?;
    Some((number.parse().ok()?, text))
}

/// A list item, and the tests by file below it.
fn show(duty: &Duty, tests: &[Test]) -> Result<String> {
    let number = duty.number;
    let indent = " ".repeat(number.to_string().len() + 2);
    let mut text = format!("{number}. <a id=\"{number}\"></a>");
    text += &duty.text.join(&format!("\n{indent}"));
    text.push('\n');
    if !duty.reason.is_empty() {
        let reason = duty.reason.join(&format!("\n{indent}  "));
        text += &format!("{indent}- {reason}\n");
    }
    let shown: Vec<_> = tests
        .iter()
        .filter(|test| test.shows.contains(&number))
        .collect();
    let applies = duty
        .reason
        .first()
        .is_none_or(|reason| !reason.starts_with(REASONS[1]));
    ensure!(
        applies || shown.is_empty(),
        "line {number} does not apply, and has a test"
    );
    ensure!(
        !shown.is_empty() || !duty.reason.is_empty(),
        "line {number} has neither a test nor a reason"
    );
    for of_file in shown.chunk_by(|a, b| a.file == b.file) {
        let file = &of_file.first().context("no test")?.file;
        let names: Vec<_> = of_file
            .iter()
            .map(|test| format!("`{}`", test.name))
            .collect();
        text += &format!("{indent}- [{file}](../{file}): {}\n", names.join(", "));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(name: &str, shows: &[usize]) -> Test {
        Test {
            file: "tests/a.rs".into(),
            name: name.into(),
            shows: shows.into(),
        }
    }

    #[test]
    fn each_line_is_followed_by_its_reason_and_tests() {
        let source = "# Title\n\n1. one,\n   and more\n2. two\n   Not yet: since\n   when\n";
        let tests = [test("a", &[1, 2]), test("b", &[1]), test("c", &[])];
        let page = page(source, &tests).unwrap();
        let expected = "# Title\n\n\
            1. <a id=\"1\"></a>one,\n   and more\n   - [tests/a.rs](../tests/a.rs): `a`, `b`\n\
            2. <a id=\"2\"></a>two\n   - Not yet: since\n     when\n   - [tests/a.rs](../tests/a.rs): `a`\n";
        assert_eq!(page.strip_prefix(HEAD), Some(expected));
    }

    #[test]
    fn a_line_without_test_and_reason_is_an_error() {
        let reasoned = "1. one\n   Does not apply: no\n";
        for (source, tests, why) in [
            ("1. one\n", &[][..], "neither a test nor a reason"),
            ("1. one\n", &[test("a", &[1, 2])], "shows no line 2"),
            (
                "2. two\n",
                &[test("a", &[2])],
                "line 2 is in the place of line 1",
            ),
            (reasoned, &[test("a", &[1])], "does not apply, and"),
            ("\n   more\n", &[], "no numbered line"),
        ] {
            let error = page(source, tests).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        assert!(page(reasoned, &[]).is_ok());
    }
}

//! The totals of all test programs.

use std::fmt;

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Totals {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
}

impl Totals {
    /// Adds libtest's summary line, which each test program ends with, doc tests included. Skips other lines.
    pub(crate) fn add(&mut self, line: &str) {
        if !line.starts_with("test result: ") {
            return;
        }
        let words: Vec<_> = line.split_whitespace().collect();
        for pair in words.windows(2) {
            let (Ok(count), word) = (pair[0].parse::<usize>(), pair[1]) else {
                continue;
            };
            match word {
                "passed;" => self.passed += count,
                "failed;" => self.failed += count,
                "ignored;" => self.skipped += count,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(lines: &[&str]) -> Totals {
        let mut totals = Totals::default();
        lines.iter().for_each(|line| totals.add(line));
        totals
    }

    #[test]
    fn summaries_add_up() {
        let sum = totals(&[
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 4 filtered out; finished in 0.01s",
            "test result: FAILED. 10 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 9.00s",
        ]);
        assert_eq!(
            sum,
            Totals {
                passed: 13,
                failed: 2,
                skipped: 1
            }
        );
    }

    #[test]
    fn colours_do_not_matter() {
        let sum =
            totals(&["test result: \x1b[32mok\x1b[m. 7 passed; 0 failed; 0 ignored; 0 measured"]);
        assert_eq!(sum.passed, 7);
    }

    #[test]
    fn only_summaries_count() {
        let sum = totals(&[
            "test says_5 passed; ... ok",
            "5 passed; 5 failed; 5 ignored;",
            "",
        ]);
        assert_eq!(sum, Totals::default());
    }

    #[test]
    fn skipped_tests_are_named_only_if_there_are_any() {
        assert_eq!(
            Totals {
                passed: 5,
                failed: 0,
                skipped: 0
            }
            .to_string(),
            "5 passed, 0 failed"
        );
        assert_eq!(
            Totals {
                passed: 5,
                failed: 1,
                skipped: 2
            }
            .to_string(),
            "5 passed, 1 failed, 2 skipped"
        );
    }
}

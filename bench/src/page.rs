//! bench/results.md: each benchmark writes between its marks; people write the rest.

use std::fs;
use std::path::{Path, PathBuf};

use wasmtime::Result;
use wasmtime::error::Context;

const END: &str = "<!-- end -->";

pub struct Page {
    path: PathBuf,
}

impl Page {
    pub fn at(path: &Path) -> Page {
        Page { path: path.into() }
    }

    /// Also prints the text.
    pub fn write(&self, part: &str, text: &str) -> Result<()> {
        println!("{text}");
        let old = fs::read_to_string(&self.path)
            .with_context(|| format!("cannot read {}", self.path.display()))?;
        let new = replaced(&old, part, text)
            .with_context(|| format!("{} lacks the marks of {part}", self.path.display()))?;
        fs::write(&self.path, new)?;
        Ok(())
    }

    /// Writes a picture into the folder `pictures` beside the page; returns the Markdown that shows it.
    pub fn draw(&self, name: &str, about: &str, svg: &str) -> Result<String> {
        let folder = self.path.with_file_name("pictures");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), svg)?;
        Ok(format!("![{about}](pictures/{name})\n"))
    }
}

fn replaced(page: &str, part: &str, text: &str) -> Option<String> {
    let begin = format!("<!-- cargo xtask bench {part} -->\n");
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{begin}{text}{END}{after}"))
}

/// A table in Markdown. The first row is its header.
pub fn table(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    for (i, row) in rows.iter().enumerate() {
        text += &format!("| {} |\n", row.join(" | "));
        if i == 0 {
            text += &format!("|{}\n", " --- |".repeat(row.len()));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_written_between_its_marks_and_nowhere_else() {
        let page = "a\n<!-- cargo xtask bench x -->\nold\n<!-- end -->\n\
            <!-- cargo xtask bench y -->\nkept\n<!-- end -->\n";
        let new = replaced(page, "x", "new\n").unwrap();
        assert_eq!(new, page.replace("old", "new"));
        assert!(replaced(page, "z", "new\n").is_none());
    }

    #[test]
    fn a_table_has_a_head() {
        let rows = [vec!["a".into(), "b".into()], vec!["1".into(), "2".into()]];
        assert_eq!(table(&rows), "| a | b |\n| --- | --- |\n| 1 | 2 |\n");
    }
}

//! The book of `docs/`: mdBook makes it, lychee follows its links and those of the pages in the repository.
//!
//! The pages link to sources outside `docs/` too. Those are copied beside the book, at the same place
//! relative to it, so that these links work there.

mod files;
mod links;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use mdbook_driver::MDBook;

pub use links::follow;

/// Where a person begins, and what `follow` checks.
pub struct Book {
    pub first_page: PathBuf,
    /// The folder of the book, and each Markdown page of the repository.
    pub pages: Vec<PathBuf>,
}

/// Makes the book anew in `target/book/`.
pub fn make() -> Result<Book> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = root.canonicalize()?;
    let folder = root.join("target/book");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    MDBook::load(&root)?.build()?;
    let sources = files::tracked(&root)?;
    every_page_is_in_the_summary(&folder, &sources)?;
    copy_beside(&root, &folder, &sources)?;
    let book = folder.join("docs");
    let is_page = |path: &&String| path.ends_with(".md") && !path.ends_with(".in.md");
    let pages = sources.iter().filter(is_page).map(|path| root.join(path));
    Ok(Book {
        first_page: book.join("index.html"),
        pages: pages.chain([book.clone()]).collect(),
    })
}

fn every_page_is_in_the_summary(folder: &Path, sources: &BTreeSet<String>) -> Result<()> {
    let pages = sources.iter().filter(|path| path.starts_with("docs/"));
    let pages = pages.filter_map(|path| path.strip_suffix(".md"));
    for page in pages.filter(|page| !page.ends_with(".in") && *page != "docs/SUMMARY") {
        let page = page.replace("README", "index");
        ensure!(
            folder.join(&page).with_extension("html").exists(),
            "{page}.md is not in docs/SUMMARY.md"
        );
    }
    Ok(())
}

/// mdBook turns the end of each link to a page into `.html`: a page that is not in the book is shown as it
/// is written.
fn copy_beside(root: &Path, folder: &Path, sources: &BTreeSet<String>) -> Result<()> {
    for path in sources.iter().filter(|path| !path.starts_with("docs/")) {
        let source = root.join(path);
        // git lists a file that was removed until the removal is committed.
        if !source.exists() {
            continue;
        }
        let target = folder.join(path);
        fs::create_dir_all(target.parent().context("no folder")?)?;
        if path.ends_with(".md") {
            let text = fs::read_to_string(&source)?;
            let text = text.replace('&', "&amp;").replace('<', "&lt;");
            let html = format!("<!doctype html><meta charset=\"utf-8\"><pre>{text}</pre>");
            fs::write(target.with_extension("html"), html)?;
        }
        fs::copy(&source, target)?;
    }
    Ok(())
}

//! The book of `docs/`, every link of it followed.
//!
//! The pages are written for a reader of the repository too, and link to sources outside `docs/`. What
//! they link to is laid beside the book, at the same place relative to it, so that these links hold.

mod files;
mod links;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use mdbook_driver::MDBook;

use files::{all, tracked};
use links::{Link, links};

/// Makes it anew, in `target/book/`, and returns its first page and how many links were followed.
pub fn make() -> Result<(PathBuf, usize)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = root.canonicalize()?;
    let folder = root.join("target/book");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    MDBook::load(&root)?.build()?;
    let sources = tracked(&root)?;
    every_page_is_in_the_summary(&folder, &sources)?;
    let mut links = 0;
    for page in all(&folder.join("docs"))? {
        if page
            .extension()
            .is_some_and(|extension| extension == "html")
        {
            links += check(&root, &folder, &page, &sources)?;
        }
    }
    Ok((folder.join("docs/index.html"), links))
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

/// Every link of a page leads somewhere; what is outside the book is laid beside it.
fn check(root: &Path, folder: &Path, page: &Path, sources: &BTreeSet<String>) -> Result<usize> {
    let text = fs::read_to_string(page)?;
    let name = page.strip_prefix(folder)?.to_str().context("a name")?;
    let links: Vec<Link> = links(name, &text).collect();
    for Link { target, anchor } in &links {
        let place = folder.join(target);
        if !place.exists() {
            lay(root, folder, target, sources).with_context(|| name.to_string())?;
        }
        // The lines of a source have none.
        if !anchor.is_empty() && target.starts_with("docs/") {
            let found = fs::read_to_string(&place)?.contains(&format!("id=\"{anchor}\""));
            ensure!(found, "{name}: there is no {anchor} in {target}");
        }
    }
    Ok(links.len())
}

/// A file of the checkout, or all of a folder. mdBook has every page end in `.html`: one that is not in
/// the book is shown as it is written.
fn lay(root: &Path, folder: &Path, target: &str, sources: &BTreeSet<String>) -> Result<()> {
    let page = target
        .strip_suffix(".html")
        .map(|name| format!("{name}.md"));
    if let Some(page) = page.filter(|page| sources.contains(page)) {
        let text = fs::read_to_string(root.join(page))?;
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let html = format!("<!doctype html><meta charset=\"utf-8\"><pre>{text}</pre>");
        return write(&folder.join(target), html.as_bytes());
    }
    let inside = format!("{target}/");
    let is_meant = |path: &&String| **path == target || path.starts_with(&inside);
    let files: Vec<_> = sources.iter().filter(is_meant).collect();
    ensure!(!files.is_empty(), "there is no {target}");
    for file in files {
        write(&folder.join(file), &fs::read(root.join(file))?)?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::create_dir_all(path.parent().context("a folder")?)?;
    Ok(fs::write(path, bytes)?)
}

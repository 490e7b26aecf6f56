//! The pages of `docs/`: two are generated, and every test that a page links to exists.
//!
//! ```text
//! docs/conformance.in.md + the tests' marks  ->  docs/conformance.md
//! wit/*.wit                                  ->  docs/reference.md
//! ```

mod conformance;
mod marks;
mod reference;
mod test_links;

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use crate::{process::run, project::Project};

/// The folders of the pages that people write.
const FOLDERS: [&str; 3] = ["docs", "examples", "npm"];

/// A page, by its path from the root.
struct Page {
    path: String,
    text: String,
}

/// Writes the generated pages.
pub(crate) fn write(project: &Project) -> Result<()> {
    for page in generate(&project.root)? {
        let path = project.root.join(&page.path);
        let changed = fs::read_to_string(&path).ok().as_ref() != Some(&page.text);
        if changed {
            fs::write(&path, &page.text)?;
        }
        let state = if changed { "written" } else { "unchanged" };
        println!("{}: {state}", page.path);
    }
    Ok(())
}

/// Fails if a generated page is out of date.
pub(crate) fn check(project: &Project) -> Result<()> {
    for page in generate(&project.root)? {
        ensure!(
            read(&project.root, &page.path)? == page.text,
            "{} is out of date: `cargo xtask docs` writes it",
            page.path
        );
        println!("{}: current", page.path);
    }
    Ok(())
}

/// `target/book/`. mdBook is in a program of its own: it delays every command if xtask has it.
pub(crate) fn book(project: &Project) -> Result<()> {
    if !project.target.join("debug/book").exists() {
        eprintln!("docs: compiling mdBook (a minute or two, once)");
    }
    run(project.cargo().args(["run", "--package", "book"]))
}

fn generate(root: &Path) -> Result<Vec<Page>> {
    let tests = marks::read_all(root)?;
    let generated = vec![
        Page {
            path: "docs/conformance.md".into(),
            text: conformance::page(&read(root, "docs/conformance.in.md")?, &tests)
                .context("docs/conformance.in.md")?,
        },
        Page {
            path: "docs/reference.md".into(),
            text: reference::page(&root.join("wit"))?,
        },
    ];
    let mut written = written(root)?;
    written.retain(|page| generated.iter().all(|other| other.path != page.path));
    test_links::check(generated.iter().chain(&written), &tests)?;
    Ok(generated)
}

fn written(root: &Path) -> Result<Vec<Page>> {
    let mut paths = vec!["README.md".to_string(), "CHANGELOG.md".into()];
    for folder in FOLDERS {
        find(root, folder, &mut paths)?;
    }
    let pages = paths.into_iter().map(|path| {
        let text = read(root, &path)?;
        Ok(Page { path, text })
    });
    pages.collect()
}

/// Files of tools beside an example are not pages.
fn find(root: &Path, folder: &str, paths: &mut Vec<String>) -> Result<()> {
    let entries = fs::read_dir(root.join(folder)).with_context(|| format!("no {folder}/"))?;
    for entry in entries {
        let entry = entry?;
        let path = format!("{folder}/{}", entry.file_name().display());
        let is_ours =
            !["target", "node_modules"].contains(&entry.file_name().to_str().unwrap_or(""));
        if entry.file_type()?.is_dir() && is_ours {
            find(root, &path, paths)?;
        } else if path.ends_with(".md") && !path.ends_with(".in.md") {
            paths.push(path);
        }
    }
    Ok(())
}

fn read(root: &Path, path: &str) -> Result<String> {
    fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))
}

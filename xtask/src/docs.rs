//! The pages of `docs/`: two are made of what they are about, and what all of them name is there.
//!
//! ```text
//! docs/conformance.in.md + the tests' marks  ->  docs/conformance.md
//! wit/smtp.wit                               ->  docs/reference.md
//! ```

mod conformance;
mod links;
mod marks;
mod reference;

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use crate::project::Project;

/// By people, the last with a table of the benchmark's; the others are generated.
const WRITTEN: [&str; 13] = [
    "README.md",
    "docs/functions.md",
    "docs/go-net-smtp.md",
    "docs/hosts.md",
    "docs/languages/c.md",
    "docs/languages/go.md",
    "docs/languages/javascript.md",
    "docs/languages/python.md",
    "docs/languages/rust.md",
    "docs/performance.md",
    "docs/providers.md",
    "examples/contact-form/README.md",
    "npm/README.md",
];

/// A page, by its path from the root.
struct Page {
    path: &'static str,
    text: String,
}

/// Writes the generated pages.
pub fn write(project: &Project) -> Result<()> {
    for page in generate(&project.root)? {
        let path = project.root.join(page.path);
        let changed = fs::read_to_string(&path).ok().as_ref() != Some(&page.text);
        if changed {
            fs::write(&path, &page.text)?;
        }
        let state = if changed { "written" } else { "unchanged" };
        println!("{}: {state}", page.path);
    }
    Ok(())
}

/// Holds the generated pages to what they would be now.
pub fn check(project: &Project) -> Result<()> {
    for page in generate(&project.root)? {
        ensure!(
            read(&project.root, page.path)? == page.text,
            "{} is out of date: `cargo xtask docs` writes it",
            page.path
        );
        println!("{}: current", page.path);
    }
    Ok(())
}

fn generate(root: &Path) -> Result<Vec<Page>> {
    let tests = marks::read_all(root)?;
    let mut pages = vec![
        Page {
            path: "docs/conformance.md",
            text: conformance::page(&read(root, "docs/conformance.in.md")?, &tests)
                .context("docs/conformance.in.md")?,
        },
        Page {
            path: "docs/reference.md",
            text: reference::page(&root.join("wit"))?,
        },
    ];
    for path in WRITTEN {
        let text = read(root, path)?;
        pages.push(Page { path, text });
    }
    links::check(root, &pages, &tests)?;
    pages.truncate(pages.len() - WRITTEN.len());
    Ok(pages)
}

fn read(root: &Path, path: &str) -> Result<String> {
    fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))
}

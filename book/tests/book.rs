//! The book of `docs/`, and the links of all pages.

use std::fs;
use std::path::{Path, PathBuf};

use servers::report;

/// `None`, and a line in the report, if this machine cannot have it.
fn lychee() -> Option<PathBuf> {
    let lychee = setup::lychee();
    if let Err(why) = &lychee {
        report::not_run(&"links, followed by lychee", why);
    }
    lychee.ok()
}

#[test]
fn the_book_has_every_page_and_every_link_leads_somewhere() {
    let book = book::make().unwrap();
    assert!(book.first_page.exists());
    if let Some(lychee) = lychee() {
        let links = book::follow(&lychee, &book.pages).unwrap();
        assert!(links > 1000, "{links}");
    }
}

#[test]
fn a_link_that_leads_nowhere_is_an_error() {
    let Some(lychee) = lychee() else { return };
    let page = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page.md");
    let follow = |text: &str| {
        fs::write(&page, text).unwrap();
        book::follow(&lychee, std::slice::from_ref(&page))
    };
    assert_eq!(
        follow("# Here and there\n\n[a](#here-and-there) [b](page.md)").unwrap(),
        2
    );
    for (text, target) in [
        ("# Here\n\n[a](#there)", "#there"),
        ("[a](other.md)", "other.md"),
        ("![a](other.png)", "other.png"),
    ] {
        let error = follow(text).unwrap_err().to_string();
        assert!(
            error.contains("page.md") && error.contains(target),
            "{error}"
        );
    }
}

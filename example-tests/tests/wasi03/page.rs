//! docs/wasi03.md shows the examples as they are.

use std::fs;
use std::path::Path;

/// The language of a block of code, and the files that it may come from.
const SOURCES: [(&str, &[&str]); 4] = [
    (
        "rust",
        &[
            "guest-async/src/lib.rs",
            "rust-host-async/src/host.rs",
            "http-async/src/delivery.rs",
            "http-async/src/lib.rs",
        ],
    ),
    ("python", &["guest-python-async/shop.py"]),
    ("js", &["node-async/send.mjs"]),
    ("wit", &["guest-async/wit/guest.wit"]),
];

#[test]
fn the_page_shows_the_examples_as_they_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/wasi03.md")).expect("it is there");
    for (language, files) in SOURCES {
        let files = files.iter().map(|file| root.join("examples").join(file));
        let sources: Vec<String> = files
            .map(|file| fs::read_to_string(file).unwrap())
            .collect();
        let start = format!("```{language}\n");
        let blocks = page.split(&start).skip(1);
        let blocks = blocks.filter_map(|rest| rest.split("```").next());
        for block in blocks {
            let known = sources
                .iter()
                .any(|source| unindented(source).contains(&unindented(block)));
            assert!(known, "no example has this:\n{block}");
        }
    }
}

#[test]
fn the_guests_have_the_same_world() {
    let world = |folder: &str| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
        fs::read_to_string(root.join(folder).join("wit/guest.wit")).unwrap()
    };
    assert_eq!(world("guest-python-async"), world("guest-async"));
}

/// A part of a file may be indented less on the page.
fn unindented(text: &str) -> String {
    text.lines()
        .map(|line| line.trim_start().to_owned() + "\n")
        .collect()
}

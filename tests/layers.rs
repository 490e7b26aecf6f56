//! Dependencies between the modules point down, as drawn in `src/lib.rs`.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module, and what it may use besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "component",
        &[
            "mailer",
            "client",
            "message",
            "transcript",
            "timeouts",
            "smtp",
            "sasl",
            "tls",
            "net",
        ],
    ),
    (
        "mailer",
        &[
            "client",
            "message",
            "handle",
            "connection",
            "url",
            "transcript",
            "timeouts",
            "smtp",
            "sasl",
            "tls",
            "net",
        ],
    ),
    (
        "client",
        &[
            "message",
            "handle",
            "connection",
            "timeouts",
            "smtp",
            "sasl",
            "tls",
        ],
    ),
    ("message", &["handle", "connection", "smtp", "net"]),
    ("handle", &["connection", "timeouts", "smtp"]),
    (
        "connection",
        &["transcript", "timeouts", "smtp", "sasl", "tls", "net"],
    ),
    ("url", &["smtp", "sasl"]),
    ("transcript", &["smtp", "net"]),
    ("timeouts", &["smtp"]),
    ("smtp", &["sasl", "unicode"]),
    ("sasl", &["unicode"]),
    ("unicode", &[]),
    ("tls", &["smtp"]),
    ("net", &[]),
];

/// What only one module may name, as the rest is to outlive it.
const PRIVATE: &[(&str, &[&str])] = &[
    ("wasip2", &["net", "component"]),
    ("wit_bindgen", &["component"]),
    ("rustls", &["tls"]),
];

/// What modules without I/O must not use: clocks, randomness and the outside come as arguments.
const PURE: &[&str] = &["smtp", "sasl", "tls", "unicode"];
const IMPURE: &[&str] = &[
    "std::net",
    "std::io",
    "std::fs",
    "std::env",
    "std::thread",
    "Instant::",
    "SystemTime",
    "getrandom",
];

#[test]
fn every_module_has_its_layer() {
    let known: Vec<_> = LAYERS.iter().map(|(module, _)| *module).collect();
    for (module, _) in sources() {
        assert!(
            known.contains(&module.as_str()),
            "{module} has no layer in tests/layers.rs"
        );
    }
}

#[test]
fn dependencies_point_down() {
    for (module, code) in sources() {
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            continue;
        };
        for used in uses(&code) {
            let known = LAYERS.iter().any(|(name, _)| *name == used);
            assert!(
                !known || used == module || allowed.contains(&used.as_str()),
                "{module} uses crate::{used}, which is not below it"
            );
        }
    }
}

#[test]
fn only_the_edges_know_wasi_and_rustls() {
    for (module, code) in sources() {
        for (package, homes) in PRIVATE {
            let named = words(&code).any(|word| word == *package);
            assert!(
                !named || homes.contains(&module.as_str()),
                "{module} names {package}"
            );
        }
    }
}

#[test]
fn the_core_reads_no_clock_and_does_no_io() {
    for (module, code) in sources() {
        for outside in IMPURE.iter().filter(|_| PURE.contains(&module.as_str())) {
            assert!(!code.contains(outside), "{module} uses {outside}");
        }
    }
}

/// They are the host's own words for an error, and other ones with each host and version: wasmtime's have
/// changed with 48.
#[test]
fn no_text_of_a_hosts_error_is_looked_at() {
    for (module, code) in sources() {
        assert!(!code.contains("to_debug_string"), "{module} asks for it");
        for operation in code.split("LastOperationFailed").skip(1) {
            assert!(operation.starts_with("(_)"), "{module} looks into it");
        }
    }
}

/// Every source file below src/ with the name of its module, comments and unit tests left out.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let found: Vec<_> = files
        .iter()
        .map(|file| {
            (
                module_of(file.strip_prefix(&root).unwrap()),
                shipped(&fs::read_to_string(file).unwrap()),
            )
        })
        .filter(|(module, _)| module != "lib")
        .collect();
    assert!(found.len() > LAYERS.len(), "the sources were not found");
    found
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
}

fn module_of(path: &Path) -> String {
    let first = path
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_string()
}

fn shipped(code: &str) -> String {
    let tests = code.find("#[cfg(test)]").unwrap_or(code.len());
    code[..tests]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The modules after `crate::`, in braces too.
fn uses(code: &str) -> Vec<String> {
    code.split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => list
                .split('}')
                .next()
                .unwrap_or("")
                .split(',')
                .map(first_word)
                .collect(),
            None => vec![first_word(rest)],
        })
        .collect()
}

fn first_word(text: &str) -> String {
    words(text).next().unwrap_or("").to_string()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

//! Dependencies between the modules point down, as drawn in `src/lib.rs`.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module, and the modules that it may use besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "component",
        &[
            "pool",
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
        "pool",
        &[
            "mailer",
            "client",
            "message",
            "shared_connection",
            "connection",
            "timeouts",
            "smtp",
            "net",
        ],
    ),
    (
        "mailer",
        &[
            "client",
            "message",
            "shared_connection",
            "connection",
            "host",
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
            "shared_connection",
            "connection",
            "timeouts",
            "smtp",
            "sasl",
            "tls",
            "net",
        ],
    ),
    ("message", &["shared_connection", "smtp", "net"]),
    ("shared_connection", &["connection", "smtp", "net"]),
    (
        "connection",
        &["transcript", "timeouts", "smtp", "sasl", "tls", "net"],
    ),
    ("host", &["smtp"]),
    ("url", &["smtp", "sasl"]),
    ("transcript", &["smtp"]),
    ("timeouts", &["smtp"]),
    ("smtp", &["sasl"]),
    ("sasl", &[]),
    ("tls", &["smtp"]),
    ("net", &[]),
];

/// Packages, and the files and folders that may name them: the rest must outlive them. Each version of WASI is
/// a folder of `net`.
const PRIVATE: &[(&str, &[&str])] = &[
    (
        "wasi",
        &[
            "net/mod.rs",
            "net/wasi02",
            "net/wasi03",
            "component.rs",
            "component",
        ],
    ),
    ("wit_bindgen", &["net/wasi03", "component.rs", "component"]),
    ("tokio", &["pool.rs", "pool"]),
    ("rustls", &["tls"]),
];

/// Modules without I/O, and what they must not use: time and randomness come to them as arguments.
const PURE: &[&str] = &["smtp", "sasl", "tls"];
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
    for Source { module, .. } in sources() {
        assert!(
            known.contains(&module.as_str()),
            "{module} has no layer in tests/layers.rs"
        );
    }
}

#[test]
fn dependencies_point_down() {
    for Source { module, code, .. } in sources() {
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
    for Source { path, code, .. } in sources() {
        for (package, homes) in PRIVATE {
            let named = words(&code).any(|word| word == *package);
            assert!(
                !named || homes.iter().any(|home| path.starts_with(home)),
                "{} names {package}",
                path.display()
            );
        }
    }
}

#[test]
fn the_core_reads_no_clock_and_does_no_io() {
    for Source { module, code, .. } in sources() {
        for outside in IMPURE.iter().filter(|_| PURE.contains(&module.as_str())) {
            assert!(!code.contains(outside), "{module} uses {outside}");
        }
    }
}

/// The text of a host's error differs from host to host and from version to version: wasmtime's has changed
/// with 48.
#[test]
fn no_text_of_a_hosts_error_is_looked_at() {
    for Source { module, code, .. } in sources() {
        assert!(!code.contains("to_debug_string"), "{module} asks for it");
        for operation in code.split("LastOperationFailed").skip(1) {
            assert!(operation.starts_with("(_)"), "{module} looks into it");
        }
    }
}

/// To add a mechanism touches its file in src/sasl/mechanisms/ and the list beside it, and nothing else.
#[test]
fn no_code_outside_sasl_names_a_mechanism() {
    for source in sources()
        .into_iter()
        .filter(|source| source.module != "sasl")
    {
        for used in source.code.split("Mechanism::").skip(1).map(first_word) {
            let is_constant = !used.contains(|c: char| c.is_ascii_lowercase());
            assert!(
                !is_constant || used == "DEFAULT",
                "{} names the mechanism {used}",
                source.path.display()
            );
        }
    }
}

struct Source {
    /// The top-level module that it belongs to.
    module: String,
    /// Below src/.
    path: PathBuf,
    /// Without comments and unit tests.
    code: String,
}

/// All source files below src/ but lib.rs.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let found: Vec<_> = files
        .iter()
        .map(|file| {
            let path = file.strip_prefix(&root).unwrap().to_path_buf();
            Source {
                module: module_of(&path),
                path,
                code: shipped(&fs::read_to_string(file).unwrap()),
            }
        })
        .filter(|source| source.module != "lib")
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

/// The modules that follow `crate::`, in braces too.
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

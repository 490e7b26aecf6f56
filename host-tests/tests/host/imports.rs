//! All that the built component can reach, and all that it offers.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use host_tests::component_path;
use wasmparser::{Parser, Payload};

/// The packages of WASI that the README names.
const REACHED: [&str; 4] = ["wasi:clocks", "wasi:io", "wasi:random", "wasi:sockets"];

/// The component's own imports and exports, not those of what is inside it.
pub fn names(path: &Path) -> (Vec<String>, Vec<String>) {
    let wasm = fs::read(path)
        .unwrap_or_else(|_| panic!("no {}: run `cargo xtask build` first", path.display()));
    let (mut imports, mut exports, mut depth) = (Vec::new(), Vec::new(), 0);
    for payload in Parser::new(0).parse_all(&wasm) {
        match payload.unwrap() {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                imports.extend(
                    section
                        .into_iter()
                        .map(|item| item.unwrap().name.name.to_owned()),
                );
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                exports.extend(
                    section
                        .into_iter()
                        .map(|item| item.unwrap().name.name.to_owned()),
                );
            }
            _ => {}
        }
    }
    (imports, exports)
}

#[test]
fn it_reaches_sockets_streams_clocks_and_randomness_and_nothing_else() {
    let (imports, _) = names(&component_path());
    let packages: BTreeSet<&str> = imports
        .iter()
        .map(|name| name.split('/').next().unwrap_or_default())
        .collect();
    assert_eq!(packages, BTreeSet::from(REACHED), "{imports:?}");
}

#[test]
fn it_offers_smtp_and_with_wasis_streams_apart() {
    assert_eq!(
        names(&component_path()).1,
        ["envoi:mail/smtp@0.1.0", "envoi:mail/smtp-streams@0.1.0"]
    );
}

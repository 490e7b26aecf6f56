//! The imports and exports of the built component.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use host_tests::component_path;
use wasmparser::{Parser, Payload};
use wit_component::DecodedWasm;
use wit_parser::{Interface, Resolve, TypeDefKind, TypeOwner};

/// The packages of WASI that README.md names.
#[cfg(not(feature = "p3"))]
const REACHED: &[&str] = &["wasi:clocks", "wasi:io", "wasi:random", "wasi:sockets"];
#[cfg(feature = "p3")]
const REACHED: &[&str] = &["wasi:clocks", "wasi:random", "wasi:sockets"];

#[cfg(not(feature = "p3"))]
const VERSION: &str = "@0.2.12";
#[cfg(feature = "p3")]
const VERSION: &str = "@0.3.0";

#[cfg(not(feature = "p3"))]
const INTERFACES: &[&str] = &["smtp", "compose", "dkim", "smtp-dkim", "smtp-streams"];
#[cfg(feature = "p3")]
const INTERFACES: &[&str] = &["compose", "dkim", "smtp-async"];

#[cfg(not(feature = "p3"))]
const SMTP: &str = "smtp";
#[cfg(feature = "p3")]
const SMTP: &str = "smtp-async";

fn read(path: &Path) -> Vec<u8> {
    fs::read(path)
        .unwrap_or_else(|_| panic!("no {}: run `cargo xtask build` first", path.display()))
}

/// The imports and exports of the component itself, without those of components inside.
pub(crate) fn names(path: &Path) -> (Vec<String>, Vec<String>) {
    let wasm = read(path);
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
fn it_imports_sockets_streams_clocks_and_randomness_and_nothing_else() {
    let (imports, _) = names(&component_path());
    let packages: BTreeSet<&str> = imports
        .iter()
        .map(|name| name.split('/').next().unwrap_or_default())
        .collect();
    assert_eq!(packages, REACHED.iter().copied().collect(), "{imports:?}");
    let of_one_version = imports.iter().all(|name| name.ends_with(VERSION));
    assert!(of_one_version, "{imports:?}");
}

#[test]
fn it_exports_each_interface() {
    assert_eq!(
        names(&component_path()).1,
        INTERFACES
            .iter()
            .map(|name| format!("envoi:mail/{name}@0.1.0"))
            .collect::<Vec<_>>()
    );
}

/// The interface in the built component, as `wasm-tools component wit` prints it.
fn built() -> Resolve {
    match wit_component::decode(&read(&component_path())).unwrap() {
        DecodedWasm::Component(resolve, _) => resolve,
        DecodedWasm::WitPackage(..) => panic!("it is a component"),
    }
}

fn written() -> Resolve {
    let mut resolve = Resolve::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    resolve.push_dir(folder).unwrap();
    resolve
}

fn interface<'a>(resolve: &'a Resolve, name: &str) -> &'a Interface {
    let package = resolve
        .packages
        .iter()
        .find(|(_, package)| package.name.namespace == "envoi" && package.name.name == "mail");
    &resolve.interfaces[package.unwrap().1.interfaces[name]]
}

#[test]
fn every_function_and_type_of_the_wit_files_is_in_the_built_interface() {
    let (built, written) = (built(), written());
    for name in INTERFACES {
        let (built, written) = (interface(&built, name), interface(&written, name));
        let functions = |of: &Interface| of.functions.keys().cloned().collect::<BTreeSet<_>>();
        let types = |of: &Interface| of.types.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(functions(built), functions(written));
        assert_eq!(types(built), types(written));
        assert!(!functions(built).is_empty());
    }
}

/// Callers with any version of WASI can compose with this interface.
#[test]
fn the_interface_smtp_has_no_type_of_wasi() {
    let resolve = built();
    for (name, id) in &interface(&resolve, SMTP).types {
        let TypeDefKind::Type(wit_parser::Type::Id(used)) = resolve.types[*id].kind else {
            continue;
        };
        let TypeOwner::Interface(owner) = resolve.types[used].owner else {
            panic!("{name} is of no interface");
        };
        let package = resolve.interfaces[owner].package.unwrap();
        let package = &resolve.packages[package].name;
        assert_eq!(package.namespace, "envoi", "{name} is {package}'s");
    }
}

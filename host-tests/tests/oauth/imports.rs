//! What a host has to grant.

use wasmparser::{Parser, Payload};

#[test]
fn it_imports_wasi_http_streams_and_clocks_and_nothing_else() {
    let wasm = std::fs::read(host_tests::oauth_path()).unwrap();
    let (mut imports, mut exports, mut depth) = (Vec::new(), Vec::new(), 0);
    for payload in Parser::new(0).parse_all(&wasm) {
        match payload.unwrap() {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                let names = section
                    .into_iter()
                    .map(|it| it.unwrap().name.name.to_owned());
                imports.extend(names);
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                let names = section
                    .into_iter()
                    .map(|it| it.unwrap().name.name.to_owned());
                exports.extend(names);
            }
            _ => {}
        }
    }
    imports.sort();
    assert_eq!(
        imports,
        [
            "wasi:clocks/monotonic-clock@0.2.12",
            "wasi:clocks/wall-clock@0.2.12",
            "wasi:http/outgoing-handler@0.2.12",
            "wasi:http/types@0.2.12",
            "wasi:io/error@0.2.12",
            "wasi:io/poll@0.2.12",
            "wasi:io/streams@0.2.12",
        ]
    );
    assert_eq!(exports, ["envoi:mail/oauth@0.1.0"]);
}

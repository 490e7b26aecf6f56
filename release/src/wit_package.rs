//! The interface as registries have it: a WIT package in WebAssembly's binary format, with its
//! documentation, as `wasm-tools component wit --wasm` encodes it too.

use std::path::Path;

use anyhow::Result;
use wit_parser::Resolve;

pub fn wit_package(wit: &Path) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit)?;
    wit_component::encode(&resolve, package)
}

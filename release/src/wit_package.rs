//! The interface in the form of registries: a WIT package in WebAssembly's binary format, with its
//! documentation. `wasm-tools component wit --wasm` encodes the same.

use std::path::Path;

use anyhow::Result;
use wit_parser::Resolve;

pub fn wit_package(wit: &Path) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit)?;
    wit_component::encode(&resolve, package)
}

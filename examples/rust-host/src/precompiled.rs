//! Compiles the component to machine code once. After that, it loads in a millisecond.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use wasmtime::component::Component;
use wasmtime::{Engine, Result};

#[allow(unsafe_code, reason = "code compiled before")]
/// Loads `envoi.wasm` from `envoi-HASH.cwasm` beside it, which is made first if it is missing.
pub fn load(engine: &Engine, path: &Path) -> Result<Component> {
    let wasm = fs::read(path)?;
    // The hash covers the component, and the engine's version and settings.
    let mut hasher = DefaultHasher::new();
    wasm.hash(&mut hasher);
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let name = path.file_stem().unwrap_or_default().display();
    let compiled = path.with_file_name(format!("{name}-{:016x}.cwasm", hasher.finish()));
    if !compiled.exists() {
        // The rename makes the file appear whole, even if others write it at the same time.
        let partial = compiled.with_extension(std::process::id().to_string());
        fs::write(&partial, engine.precompile_component(&wasm)?)?;
        fs::rename(&partial, &compiled)?;
    }
    // SAFETY: machine code runs unchecked, so nobody else may be able to write to this file.
    unsafe { Component::deserialize_file(engine, &compiled) }
}

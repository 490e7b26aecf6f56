//! The component as machine code, made once: from then on it loads in a millisecond.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use wasmtime::component::Component;
use wasmtime::{Engine, Result};

/// `envoi.wasm`, by way of `envoi-HASH.cwasm` beside it.
#[allow(unsafe_code, reason = "code compiled before")]
pub fn load(engine: &Engine, path: &Path) -> Result<Component> {
    let wasm = fs::read(path)?;
    // The code is of this component, and of this engine's version and settings.
    let mut hasher = DefaultHasher::new();
    wasm.hash(&mut hasher);
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let name = path.file_stem().unwrap_or_default().display();
    let compiled = path.with_file_name(format!("{name}-{:016x}.cwasm", hasher.finish()));
    if !compiled.exists() {
        // Whole or not at all, whoever else does the same now.
        let partial = compiled.with_extension(std::process::id().to_string());
        fs::write(&partial, engine.precompile_component(&wasm)?)?;
        fs::rename(&partial, &compiled)?;
    }
    // SAFETY: machine code is run unchecked: no one else may write where it lies.
    unsafe { Component::deserialize_file(engine, &compiled) }
}

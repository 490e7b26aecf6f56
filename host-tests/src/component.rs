//! The built components. Compiled code is kept on disk and reused while the component stays the same.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::{env, fs, process};

use wasmtime::Engine;
use wasmtime::component::Component;

#[cfg(not(feature = "p3"))]
const BUILT: &str = "dist/envoi.wasm";
#[cfg(feature = "p3")]
const BUILT: &str = "dist/envoi-p3.wasm";

/// The portable component, or with the feature `p3` the one for WASI 0.3: the file that ENVOI_COMPONENT names, or
/// the output of `cargo xtask build`.
pub fn component_path() -> PathBuf {
    match env::var_os("ENVOI_COMPONENT") {
        Some(path) => path.into(),
        None => workspace().join(BUILT),
    }
}

/// The component for hosts with wide arithmetic, as `cargo xtask build` writes it.
#[cfg(not(feature = "p3"))]
pub fn wide_component_path() -> PathBuf {
    workspace().join("dist/envoi-wide.wasm")
}

/// The component that only composes and signs, as `cargo xtask build` writes it.
pub fn composer_path() -> PathBuf {
    workspace().join("dist/envoi-compose.wasm")
}

/// The component that gets OAuth 2.0 tokens, as `cargo xtask build` writes it.
pub fn oauth_path() -> PathBuf {
    workspace().join("dist/envoi-oauth.wasm")
}

/// The guest of `examples/guest-oauth`, composed, as `cargo xtask test` writes it.
pub fn guest_oauth_path() -> PathBuf {
    workspace().join("dist/guest-oauth.wasm")
}

/// The command that gets a refresh token, as `cargo xtask login` writes it.
pub fn login_path() -> PathBuf {
    workspace().join("dist/envoi-login.wasm")
}

/// # Panics
/// If the component is not built.
pub fn load(engine: &Engine, path: &Path) -> Component {
    let Ok(wasm) = fs::read(path) else {
        panic!(
            "there is no {}: run `cargo xtask build` first",
            path.display()
        );
    };
    load_bytes(engine, &wasm)
}

/// Loads a component from memory.
#[allow(unsafe_code, reason = "code compiled before")]
pub(crate) fn load_bytes(engine: &Engine, wasm: &[u8]) -> Component {
    // Tests that run at the same time wait for one to compile it.
    static COMPILING: Mutex<()> = Mutex::new(());
    let compiled = compiled_path(engine, wasm);
    let lock = COMPILING.lock();
    if !compiled.exists() {
        compile(engine, wasm, &compiled);
    }
    drop(lock);
    // SAFETY: only this module writes these files, and a file's name depends on its content and the
    // engine.
    unsafe { Component::deserialize_file(engine, &compiled) }.expect("what this engine compiled")
}

fn compile(engine: &Engine, wasm: &[u8], compiled: &Path) {
    let code = engine.precompile_component(wasm).expect("a component");
    let directory = compiled.parent().expect("it is in a directory");
    fs::create_dir_all(directory).expect("the target directory can be written");
    // Written to another file first, so that other processes never read half a file.
    let partial = compiled.with_extension(process::id().to_string());
    fs::write(&partial, code).expect("the target directory can be written");
    fs::rename(&partial, compiled).expect("the target directory can be written");
}

fn compiled_path(engine: &Engine, wasm: &[u8]) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    wasm.hash(&mut hasher);
    // Covers the engine's version and settings.
    engine.precompile_compatibility_hash().hash(&mut hasher);
    workspace().join(format!(
        "target/compiled-components/{:016x}.cwasm",
        hasher.finish()
    ))
}

fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the package is in the workspace")
}

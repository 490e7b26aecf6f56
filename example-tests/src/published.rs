//! A release, published to registries on loopback and used as a stranger uses it, from empty folders.
//!
//! | registry | what is published | what a stranger does |
//! | --- | --- | --- |
//! | docker-registry (OCI) | the components and the WIT package, by `cargo xtask dist --publish` | `wkg fetch`, `wkg get`, `wac plug`, `wasmtime run` |
//! | verdaccio (npm) | the npm package, by `npm publish` | `npm install envoi`, `node send.mjs` |

mod consumer;
mod npm;
mod oci;
mod registry;

use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs, process};

pub use npm::npm;
pub use oci::oci;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const RECIPIENT: &str = "you@example.org";

/// The files of `cargo xtask dist`.
fn release() -> PathBuf {
    crate::dist().join("release")
}

/// A file of this checkout.
fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples")
        .join(path)
}

/// An empty folder outside this checkout, whose files nothing there can find. Dropping removes it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Result<Folder, String> {
        let path = env::temp_dir().join(format!("envoi-{name}-{}", process::id()));
        let said = |error| format!("{} cannot be made: {error}", path.display());
        fs::create_dir(&path).map_err(said)?;
        Ok(Folder(path))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.0.join(name);
        let parent = path.parent().unwrap_or(&self.0);
        let written = fs::create_dir_all(parent).and_then(|()| fs::write(&path, text));
        written.map_err(|error| format!("{} cannot be written: {error}", path.display()))
    }

    fn copy(&self, from: &Path, name: &str) -> Result<(), String> {
        self.write(name, &read(from)?)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the folder for temporary files harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

/// Does a step, and prints how long it took.
fn step<T>(what: &str, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    println!("{what}");
    let start = Instant::now();
    let done = work()?;
    println!("    {:.1} s", start.elapsed().as_secs_f32());
    Ok(done)
}

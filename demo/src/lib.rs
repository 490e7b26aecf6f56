//! Shows components at work on a terminal. A newcomer waits for these programs, so they run the command `wasmtime`
//! from Python's registry: wasmtime as a library would take minutes to compile.

mod screen;
mod wasmtime;

use std::path::{Path, PathBuf};

pub use screen::Screen;
pub use wasmtime::Wasmtime;

/// The path of a file of this project.
///
/// # Panics
/// Never: this package is in a folder of the project.
pub fn file(path: &str) -> PathBuf {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    project.expect("a folder of the project").join(path)
}

//! Shows components at work on a terminal. A newcomer waits for these programs, so they run the command `wasmtime`
//! from Python's registry: wasmtime as a library would take minutes to compile.

mod screen;
mod wasmtime;

pub use screen::Screen;
pub use wasmtime::Wasmtime;

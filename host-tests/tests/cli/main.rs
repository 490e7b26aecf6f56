//! The command line, `dist/envoi-cli.wasm`, run as `wasmtime run` does, and the program of `cargo xtask demo`.

mod composing;
mod delivery;
mod demo;
mod failures;
mod message;
mod support;
mod usage;

//! The command line, `dist/envoi-cli.wasm`, run as `wasmtime run` does.

mod composing;
mod delivery;
mod failures;
mod message;
mod support;
mod usage;

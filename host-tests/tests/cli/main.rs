//! `dist/envoi-cli.wasm`, the command line, as `wasmtime run` runs it.

mod delivery;
mod failures;
mod message;
mod support;
mod usage;

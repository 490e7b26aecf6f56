//! `dist/envoi-oauth.wasm` in wasmtime, with scripted and real authorization servers.

#![cfg(not(feature = "p3"))]

mod composed;
mod failures;
mod imports;
mod memory;
mod real;
mod tokens;

mod support;

//! `dist/envoi-oauth.wasm` in wasmtime, with scripted authorization servers.

#![cfg(not(feature = "p3"))]

mod composed;
mod failures;
mod imports;
mod memory;
mod tokens;

mod support;

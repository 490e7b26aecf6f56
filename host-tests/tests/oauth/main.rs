//! `dist/envoi-oauth.wasm` and `dist/envoi-login.wasm` in wasmtime, with scripted and real authorization servers.

#![cfg(not(feature = "p3"))]

mod composed;
mod consent;
mod failures;
mod imports;
mod login;
mod memory;
mod real;
mod tokens;

mod support;

//! `dist/envoi-login.wasm` in wasmtime: the test is the authorization server, and the person.

#![cfg(not(feature = "p3"))]

mod consent;
mod support;

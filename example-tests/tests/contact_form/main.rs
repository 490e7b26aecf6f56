//! examples/contact-form and examples/contact-form-js, served by wasmtime. Each test runs against both.

mod browser;
mod checking;
mod client;
mod failing;
mod guarding;
mod pages;
mod sending;
mod support;

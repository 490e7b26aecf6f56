//! `examples/guest`: wit-bindgen, and the toolchain of the component itself.

use super::{Example, guest::Guest};
use crate::component;

pub const EXAMPLE: Example = Example {
    name: "rust",
    about: "a guest in Rust, composed with the component",
    show: |project| GUEST.show(project),
};

pub const GUEST: Guest = Guest {
    language: "Rust",
    file: "guest-rust.wasm",
    build: component::build_guest,
};

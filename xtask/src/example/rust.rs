//! `examples/guest`: wit-bindgen, and the same toolchain as the component.

use super::guest::Guest;
use crate::component;

pub(super) const GUEST: Guest = Guest {
    name: "rust",
    language: "Rust",
    build: component::build_guest,
};

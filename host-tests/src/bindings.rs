//! The host's bindings for the world in ../wit.

wasmtime::component::bindgen!({
    path: "../wit",
    world: "envoi",
    with: { "wasi": wasmtime_wasi::p2::bindings::sync },
    additional_derives: [Clone, PartialEq],
});

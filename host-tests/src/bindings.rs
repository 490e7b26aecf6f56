//! The world of ../wit, seen from its host.

wasmtime::component::bindgen!({
    path: "../wit",
    world: "envoi",
    with: { "wasi": wasmtime_wasi::p2::bindings::sync },
    additional_derives: [Clone, PartialEq],
});

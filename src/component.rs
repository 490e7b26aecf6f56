//! The exports of `wit/`: adapters from the interfaces' functions and types to the crate's.

mod compose;
#[cfg(feature = "component")]
mod convert;
mod dkim;
#[cfg(feature = "component")]
mod errors;
#[cfg(feature = "component")]
mod options;
#[cfg(feature = "component")]
mod smtp;
#[cfg(feature = "component")]
mod smtp_dkim;
#[cfg(feature = "component")]
mod smtp_streams;

#[allow(unused_imports, reason = "only a component exports")]
#[allow(
    unsafe_code,
    unreachable_pub,
    clippy::match_bool,
    clippy::too_many_lines,
    reason = "generated"
)]
mod bindings {
    // The WASI interfaces are those of the crate `wasi`, so that streams have one type in the whole crate.
    #[cfg(feature = "component")]
    wit_bindgen::generate!({
        path: "wit",
        world: "envoi",
        with: {
            "wasi:clocks/monotonic-clock@0.2.12": wasi::clocks::monotonic_clock,
            "wasi:clocks/wall-clock@0.2.12": wasi::clocks::wall_clock,
            "wasi:io/error@0.2.12": wasi::io::error,
            "wasi:io/poll@0.2.12": wasi::io::poll,
            "wasi:io/streams@0.2.12": wasi::io::streams,
            "wasi:random/random@0.2.12": wasi::random::random,
            "wasi:sockets/instance-network@0.2.12": wasi::sockets::instance_network,
            "wasi:sockets/ip-name-lookup@0.2.12": wasi::sockets::ip_name_lookup,
            "wasi:sockets/network@0.2.12": wasi::sockets::network,
            "wasi:sockets/tcp@0.2.12": wasi::sockets::tcp,
            "wasi:sockets/tcp-create-socket@0.2.12": wasi::sockets::tcp_create_socket,
        },
    });
    #[cfg(not(feature = "component"))]
    wit_bindgen::generate!({
        path: "wit",
        world: "composer",
        with: {
            "wasi:clocks/wall-clock@0.2.12": wasi::clocks::wall_clock,
            "wasi:random/random@0.2.12": wasi::random::random,
        },
    });
}

struct Component;

#[cfg(target_family = "wasm")]
#[allow(unsafe_code, reason = "generated")]
mod exports {
    use super::{Component, bindings};

    bindings::export!(Component with_types_in bindings);
}

//! The exports of `wit/`: adapters from the interfaces' functions and types to the crate's.

#[cfg(all(feature = "component", feature = "component-p3"))]
compile_error!(
    "a component is for WASI 0.2 or for 0.3: choose one of the features component and component-p3"
);

#[cfg(feature = "component-p3")]
mod backpressure;
mod compose;
#[cfg(any(feature = "component", feature = "component-p3"))]
mod convert;
mod dkim;
#[cfg(any(feature = "component", feature = "component-p3"))]
mod errors;
#[cfg(any(feature = "component", feature = "component-p3"))]
mod options;
#[cfg(any(feature = "component", feature = "component-p3"))]
mod settings;
#[cfg(feature = "component")]
mod smtp;
#[cfg(feature = "component-p3")]
mod smtp_async;
#[cfg(feature = "component")]
mod smtp_dkim;
#[cfg(feature = "component")]
mod smtp_streams;
#[cfg(any(feature = "component", feature = "component-p3"))]
mod streams;

#[cfg(feature = "component")]
use bindings::exports::envoi::mail::smtp as wit;
#[cfg(feature = "component-p3")]
use bindings::exports::envoi::mail::smtp_async as wit;

#[cfg(not(feature = "component-p3"))]
use crate::net::Wasi as Host;
#[cfg(feature = "component-p3")]
use crate::net::Wasi03 as Host;

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
    #[cfg(feature = "component-p3")]
    wit_bindgen::generate!({
        path: "wit",
        world: "envoi-async",
        with: {
            "wasi:clocks/monotonic-clock@0.3.0": crate::net::wasi03::wasi::clocks::monotonic_clock,
            "wasi:clocks/system-clock@0.3.0": crate::net::wasi03::wasi::clocks::system_clock,
            "wasi:clocks/types@0.3.0": crate::net::wasi03::wasi::clocks::types,
            "wasi:random/random@0.3.0": crate::net::wasi03::wasi::random::random,
            "wasi:sockets/ip-name-lookup@0.3.0": crate::net::wasi03::wasi::sockets::ip_name_lookup,
            "wasi:sockets/types@0.3.0": crate::net::wasi03::wasi::sockets::types,
        },
    });
    #[cfg(not(any(feature = "component", feature = "component-p3")))]
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

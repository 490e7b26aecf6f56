//! The interfaces of WASI 0.3 that the network needs.

#![allow(
    unsafe_code,
    unreachable_pub,
    missing_docs,
    clippy::match_bool,
    clippy::too_many_lines,
    reason = "generated"
)]

wit_bindgen::generate!({
    inline: "
        package envoi:network;

        world network {
            import wasi:clocks/monotonic-clock@0.3.0;
            import wasi:clocks/system-clock@0.3.0;
            import wasi:random/random@0.3.0;
            import wasi:sockets/ip-name-lookup@0.3.0;
            import wasi:sockets/types@0.3.0;
        }
    ",
    path: ["wit/deps/wasi-clocks-0.3.0", "wit/deps/wasi-random-0.3.0", "wit/deps/wasi-sockets-0.3.0"],
    world: "envoi:network/network",
    generate_all,
});

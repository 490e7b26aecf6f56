//! The capabilities that a host grants to an instance.

use std::net::SocketAddr;
use std::sync::Arc;

use wasmtime_wasi::sockets::SocketAddrUse;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder};

use crate::clock::Clock;
use crate::faults::Faults;
use crate::randomness::Randomness;
use crate::resolver::Names;

/// Capabilities of an instance, and replacements for functions of the host.
#[derive(Clone)]
pub struct Grants {
    /// TCP sockets.
    pub sockets: bool,
    /// Connections to any address.
    pub addresses: bool,
    /// Name lookup.
    pub names: bool,
    /// Answers name lookups instead of the host's resolver.
    pub resolver: Option<Names>,
    /// Returns random octets instead of the host.
    pub randomness: Option<Randomness>,
    /// Replaces the host's clocks.
    pub clock: Option<Clock>,
    /// Makes functions of the host fail.
    pub faults: Option<Faults>,
    /// Called with each address that the instance connects to.
    pub connecting: Option<Arc<dyn Fn(SocketAddr) + Send + Sync>>,
}

impl Grants {
    /// Everything that the component asks for.
    pub fn all() -> Grants {
        Grants {
            sockets: true,
            addresses: true,
            names: true,
            resolver: None,
            randomness: None,
            clock: None,
            faults: None,
            connecting: None,
        }
    }

    /// For a store.
    pub fn context(self) -> WasiCtx {
        let mut wasi = WasiCtxBuilder::new();
        wasi.allow_tcp(self.sockets)
            .allow_ip_name_lookup(self.names);
        wasi.socket_addr_check(move |address, usage| {
            if let (SocketAddrUse::TcpConnect, Some(connecting)) = (usage, &self.connecting) {
                connecting(address);
            }
            let granted = self.addresses;
            Box::pin(async move { granted })
        });
        wasi.build()
    }
}

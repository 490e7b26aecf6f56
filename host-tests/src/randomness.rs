//! Replaces the host's randomness in a test.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::Linker;

use crate::instance::State;

/// The result of `get-random-bytes` for a requested number of octets.
pub(crate) type Randomness = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

#[cfg(not(feature = "p3"))]
const INTERFACE: &str = "wasi:random/random@0.2.12";
#[cfg(feature = "p3")]
const INTERFACE: &str = "wasi:random/random@0.3.0";

/// Replaces `wasi:random/random`.
pub(crate) fn add_to_linker(
    linker: &mut Linker<State>,
    source: Randomness,
) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut interface = linker.instance(INTERFACE)?;
    interface.func_wrap(
        "get-random-bytes",
        move |_: StoreContextMut<State>, (octets,): (u64,)| Ok((source(octets),)),
    )
}

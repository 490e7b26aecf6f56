//! The resolver of WASI 0.3.

use wasmtime::component::{Accessor, Linker};
use wasmtime_wasi::p3::bindings::sockets::ip_name_lookup::ErrorCode;
use wasmtime_wasi::p3::bindings::sockets::types::IpAddress;

use super::Names;
use crate::instance::State;

/// Replaces `wasi:sockets/ip-name-lookup`.
pub(crate) fn add_to_linker(linker: &mut Linker<State>, names: Names) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut interface = linker.instance("wasi:sockets/ip-name-lookup@0.3.0")?;
    interface.func_wrap_concurrent(
        "resolve-addresses",
        move |_: &Accessor<State>, (name,): (String,)| {
            let found = names.get(&name).ok_or(ErrorCode::NameUnresolvable);
            let found = found.map(|addresses| -> Vec<IpAddress> {
                addresses.iter().map(|address| (*address).into()).collect()
            });
            Box::pin(async move { Ok((found,)) })
        },
    )
}

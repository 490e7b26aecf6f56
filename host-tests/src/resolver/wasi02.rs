//! The resolver of WASI 0.2: its answers are a resource.

use std::collections::VecDeque;
use std::net::IpAddr;

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceType};
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddress, Network};
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use super::Names;
use crate::instance::State;

struct Answers(VecDeque<IpAddr>);

#[wasmtime_wasi::async_trait]
impl Pollable for Answers {
    async fn ready(&mut self) {}
}

/// Replaces `wasi:sockets/ip-name-lookup`.
pub(crate) fn add_to_linker(linker: &mut Linker<State>, names: Names) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut interface = linker.instance("wasi:sockets/ip-name-lookup@0.2.12")?;
    interface.resource(
        "resolve-address-stream",
        ResourceType::host::<Answers>(),
        |mut store, id| {
            let answers = Resource::<Answers>::new_own(id);
            store.data_mut().table.delete(answers)?;
            Ok(())
        },
    )?;
    interface.func_wrap(
        "resolve-addresses",
        move |mut store: StoreContextMut<State>, (_, name): (Resource<Network>, String)| {
            let Some(found) = names.get(&name) else {
                return Ok((Err(ErrorCode::NameUnresolvable),));
            };
            let answers = Answers(found.iter().copied().collect());
            Ok((Ok(store.data_mut().table.push(answers)?),))
        },
    )?;
    interface.func_wrap(
        "[method]resolve-address-stream.resolve-next-address",
        |mut store: StoreContextMut<State>, (answers,): (Resource<Answers>,)| {
            let next = store.data_mut().table.get_mut(&answers)?.0.pop_front();
            Ok((Ok::<_, ErrorCode>(next.map(IpAddress::from)),))
        },
    )?;
    interface.func_wrap(
        "[method]resolve-address-stream.subscribe",
        |mut store: StoreContextMut<State>, (answers,): (Resource<Answers>,)| {
            let pollable: Resource<DynPollable> = subscribe(&mut store.data_mut().table, answers)?;
            Ok((pollable,))
        },
    )
}

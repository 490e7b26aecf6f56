//! The component in wasmtime, embedded with async: while it waits, so does the runtime that the
//! call runs in.

use std::sync::Arc;

use bench::host::{State, Threads};
use tokio::runtime::Runtime;
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Result, Store, bail};
use wasmtime_wasi::WasiCtxBuilder;

use bindings::exports::envoi::mail::smtp::Error;
use bindings::{Envoi, EnvoiPre};

pub mod bindings {
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "envoi",
        with: { "wasi": wasmtime_wasi::p2::bindings },
        imports: { default: async },
        exports: { default: async },
    });
}

/// The component, compiled.
pub struct Host {
    engine: Engine,
    pre: EnvoiPre<State>,
    runtime: Arc<Runtime>,
}

impl Host {
    pub fn new(engine: Engine, component: &Component, threads: Threads) -> Result<Host> {
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        let pre = EnvoiPre::new(linker.instantiate_pre(component)?)?;
        let runtime = Arc::new(threads.runtime()?);
        Ok(Host {
            engine,
            pre,
            runtime,
        })
    }

    pub fn instantiate(&self) -> Result<(Arc<Runtime>, Store<State>, Envoi)> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.allow_tcp(true).inherit_network();
        let mut store = Store::new(&self.engine, State::new(&mut wasi));
        let world = self.pre.instantiate_async(&mut store);
        let world = self.runtime.block_on(world)?;
        Ok((self.runtime.clone(), store, world))
    }
}

pub fn fine<T>(result: Result<T, Error>) -> Result<T> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => bail!("the component answers {error:?}"),
    }
}

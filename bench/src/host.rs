//! The component in wasmtime, embedded with async: a call that waits lets its runtime wait.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::runtime::{Builder, Runtime};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Result, Store, bail};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use bindings::exports::envoi::mail::smtp::{Error, Guest};
use bindings::{Envoi, EnvoiPre};

use crate::host_calls;

pub mod bindings {
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "envoi",
        with: { "wasi": wasmtime_wasi::p2::bindings },
        imports: { default: async },
        exports: { default: async },
    });
}

/// An engine that accepts the wide component too.
pub fn engine() -> Result<Engine> {
    let mut config = Config::new();
    config.wasm_wide_arithmetic(true);
    // Only WASI 0.3 needs it, and it slows each call down.
    config.concurrency_support(false);
    Engine::new(&config)
}

/// The threads of the runtime for async calls.
#[derive(Clone, Copy)]
pub enum Threads {
    /// Only the thread of the call.
    One,
    /// The thread of the call, and others that wait for the network, as in wasmtime-wasi's hosts without
    /// async.
    Several,
}

impl Threads {
    pub fn runtime(self) -> Result<Runtime> {
        let mut runtime = match self {
            Threads::One => Builder::new_current_thread(),
            Threads::Several => Builder::new_multi_thread(),
        };
        Ok(runtime.enable_all().build()?)
    }
}

/// A compiled component.
pub struct Host {
    engine: Engine,
    pre: EnvoiPre<State>,
    runtime: Arc<Runtime>,
}

pub struct Instance {
    runtime: Arc<Runtime>,
    store: Store<State>,
    world: Envoi,
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

    pub fn instantiate(&self) -> Result<Instance> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.allow_tcp(true).inherit_network();
        let mut store = Store::new(&self.engine, State::new(&mut wasi));
        let world = self.pre.instantiate_async(&mut store);
        let world = self.runtime.block_on(world)?;
        Ok(Instance {
            runtime: self.runtime.clone(),
            store,
            world,
        })
    }
}

impl Instance {
    /// See [`host_calls::count`].
    pub fn count_host_calls(&mut self) -> Arc<AtomicU64> {
        host_calls::count(&mut self.store)
    }

    pub fn call<T>(
        &mut self,
        call: impl AsyncFnOnce(&Guest, &mut Store<State>) -> Result<T>,
    ) -> Result<T> {
        let smtp = self.world.envoi_mail_smtp();
        self.runtime.block_on(call(smtp, &mut self.store))
    }

    /// For the interfaces beside `smtp`.
    pub fn call_world<T>(
        &mut self,
        call: impl AsyncFnOnce(&Envoi, &mut Store<State>) -> Result<T>,
    ) -> Result<T> {
        self.runtime.block_on(call(&self.world, &mut self.store))
    }
}

pub struct State {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl State {
    pub fn new(wasi: &mut WasiCtxBuilder) -> State {
        State {
            wasi: wasi.build(),
            table: ResourceTable::new(),
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

pub fn expect_ok<T>(result: Result<T, Error>) -> Result<T> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => bail!("the component answers {error:?}"),
    }
}

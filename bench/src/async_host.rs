//! The component for WASI 0.3 in wasmtime. One instance runs many calls at the same time.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::runtime::Runtime;
use wasmtime::component::{Accessor, Component, Linker};
use wasmtime::{Config, Engine, Result, Store, bail};
use wasmtime_wasi::WasiCtxBuilder;

use bindings::exports::envoi::mail::smtp_async::{Error, Guest};
use bindings::{EnvoiAsync, EnvoiAsyncPre};

use crate::host::{State, Threads};
use crate::host_calls;

pub mod bindings {
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "envoi-async",
        with: { "wasi": wasmtime_wasi::p3::bindings },
        exports: { default: async | store },
    });
}

pub fn engine() -> Result<Engine> {
    let mut config = Config::new();
    config.wasm_component_model_async(true);
    Engine::new(&config)
}

/// A compiled component.
pub struct Host {
    engine: Engine,
    pre: EnvoiAsyncPre<State>,
    runtime: Arc<Runtime>,
}

pub struct Instance {
    runtime: Arc<Runtime>,
    store: Store<State>,
    world: EnvoiAsync,
}

impl Host {
    pub fn new(engine: Engine, component: &Component) -> Result<Host> {
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
        let pre = EnvoiAsyncPre::new(linker.instantiate_pre(component)?)?;
        let runtime = Arc::new(Threads::One.runtime()?);
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

    /// `work` may run calls side by side.
    pub fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&Guest, &Accessor<State>) -> Result<T>,
    ) -> Result<T> {
        let smtp = self.world.envoi_mail_smtp_async();
        let done = self
            .store
            .run_concurrent(async |accessor| work(smtp, accessor).await);
        self.runtime.block_on(done)?
    }
}

pub fn expect_ok<T>(result: Result<T, Error>) -> Result<T> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => bail!("the component answers {error:?}"),
    }
}

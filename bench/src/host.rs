//! The component in wasmtime.

use tokio::runtime::{Builder, Runtime};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Result, Store, bail};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use bindings::exports::envoi::mail::smtp::Error;
use bindings::{Envoi, EnvoiPre};

pub mod bindings {
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "envoi",
        with: { "wasi": wasmtime_wasi::p2::bindings::sync },
    });
}

/// Which takes the wide component too.
pub fn engine() -> Result<Engine> {
    let mut config = Config::new();
    config.wasm_wide_arithmetic(true);
    Engine::new(&config)
}

/// The runtime that calls with async run in, and that wakes them.
#[derive(Clone, Copy)]
pub enum Threads {
    /// That of the call alone.
    One,
    /// The call's, and others that wait for the network: as wasmtime-wasi has it for hosts without
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

/// The component, compiled.
pub struct Host {
    engine: Engine,
    pre: EnvoiPre<State>,
}

impl Host {
    pub fn new(engine: Engine, component: &Component) -> Result<Host> {
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
        let pre = EnvoiPre::new(linker.instantiate_pre(component)?)?;
        Ok(Host { engine, pre })
    }

    pub fn instantiate(&self) -> Result<(Store<State>, Envoi)> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.allow_tcp(true).inherit_network();
        let mut store = Store::new(&self.engine, State::new(&mut wasi));
        let world = self.pre.instantiate(&mut store)?;
        Ok((store, world))
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

pub fn fine<T>(result: Result<T, Error>) -> Result<T> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => bail!("the component answers {error:?}"),
    }
}

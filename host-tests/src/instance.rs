//! An instance of the component. It runs on its own thread, so that a call that does not return is
//! reported.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store, WasmCoreDump};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

#[cfg(not(feature = "p3"))]
use crate::blocking::Calls;
#[cfg(feature = "p3")]
use crate::concurrent::Calls;
use crate::resource::{ask, functions};
use crate::{
    Draft, Error, Explanation, Grants, LinearMemory, Mailer, Options, Receipt, Signer, clock,
    component, faults, randomness, resolver,
};

/// Longer than any call of a test takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(120);

/// Larger than any instance's memory.
pub(crate) const TOO_LARGE: usize = 256 << 20;

pub(crate) const COMPLETE: &str = "the host has all that the component imports";

/// The compiled component.
pub struct Host {
    engine: Engine,
    component: Component,
    linker: Linker<State>,
}

impl Host {
    /// Loads the component once per process.
    ///
    /// # Panics
    /// If the component is not built.
    pub fn shared() -> &'static Host {
        static HOST: OnceLock<Host> = OnceLock::new();
        HOST.get_or_init(|| {
            let mut config = Config::new();
            config.coredump_on_trap(true);
            let engine = Engine::new(&config).expect("the processor is one of Cranelift's");
            Host::new(&engine, &component::component_path())
        })
    }

    /// The component for hosts with wide arithmetic, which is off by default in wasmtime 48.
    ///
    /// # Panics
    /// If the component is not built.
    #[cfg(not(feature = "p3"))]
    pub fn wide() -> &'static Host {
        static HOST: OnceLock<Host> = OnceLock::new();
        HOST.get_or_init(|| {
            let mut config = Config::new();
            config.wasm_wide_arithmetic(true);
            let engine = Engine::new(&config).expect("the processor is one of Cranelift's");
            Host::new(&engine, &component::wide_component_path())
        })
    }

    pub fn instance(&'static self, grants: Grants) -> Instance {
        Instance {
            calls: Calls::of(self, grants),
            limit: LIMIT,
        }
    }

    fn new(engine: &Engine, path: &Path) -> Host {
        let component = component::load(engine, path);
        let mut linker = Linker::new(engine);
        #[cfg(not(feature = "p3"))]
        let added = wasmtime_wasi::p2::add_to_linker_sync(&mut linker);
        #[cfg(feature = "p3")]
        let added = wasmtime_wasi::p3::add_to_linker(&mut linker);
        added.expect("the names are distinct");
        Host {
            engine: engine.clone(),
            component,
            linker,
        }
    }

    pub(crate) fn component(&self) -> &Component {
        &self.component
    }

    /// What an instance with these grants is made of.
    pub(crate) fn prepare(&self, mut grants: Grants) -> (Store<State>, Linker<State>) {
        let mut linker = self.linker.clone();
        if let Some(names) = grants.resolver.take() {
            resolver::add_to_linker(&mut linker, names).expect("the names are right");
        }
        if let Some(clock) = grants.clock.take() {
            clock::add_to_linker(&mut linker, clock).expect("the names are right");
        }
        if let Some(faults) = grants.faults.take() {
            faults::add_to_linker(&mut linker, &faults).expect("the names are right");
        }
        if let Some(source) = grants.randomness.take() {
            randomness::add_to_linker(&mut linker, source).expect("the names are right");
        }
        let mut store = Store::new(&self.engine, State::new(grants));
        store.limiter(|state| &mut state.memory);
        (store, linker)
    }
}

/// A running component. Dropping it closes its connections.
pub struct Instance {
    calls: Calls,
    limit: Duration,
}

impl Instance {
    /// A call that takes longer panics.
    pub fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    pub fn send_mail(
        &self,
        server: &str,
        sender: &str,
        recipients: &[&str],
        message: &[u8],
    ) -> Result<Receipt, Error> {
        self.send_mail_within(None, server, sender, recipients, message)
    }

    pub fn send_mail_within(
        &self,
        timeout: Option<Duration>,
        server: &str,
        sender: &str,
        recipients: &[&str],
        message: &[u8],
    ) -> Result<Receipt, Error> {
        let timeout = timeout.map(|timeout| timeout.as_nanos() as u64);
        let (server, sender, message) = (server.to_owned(), sender.to_owned(), message.to_vec());
        let recipients: Vec<String> = recipients.iter().map(|name| name.to_string()).collect();
        ask!(
            self,
            |world| world.envoi_mail_smtp(),
            call_send_mail(server, sender, recipients, message, timeout)
        )
    }

    pub fn explain(&self, error: &Error) -> Explanation {
        let error = error.clone();
        ask!(self, |world| world.envoi_mail_smtp(), call_explain(error))
    }

    pub fn mailer(&self, host: &str) -> Mailer<'_> {
        let host = host.to_owned();
        let handle = ask!(
            self,
            |world| functions!(world, mailer),
            call_constructor(host)
        );
        Mailer::new(self, handle)
    }

    pub fn mailer_from_url(&self, url: &str) -> Result<Mailer<'_>, Error> {
        let url = url.to_owned();
        let handle = ask!(self, |world| functions!(world, mailer), call_from_url(url))?;
        Ok(Mailer::new(self, handle))
    }

    pub fn options(&self) -> Options<'_> {
        let handle = ask!(self, |world| functions!(world, options), call_constructor());
        Options::new(self, handle)
    }

    pub fn draft(&self) -> Draft<'_> {
        let handle = ask!(self, |world| functions!(world, draft), call_constructor());
        Draft::new(self, handle)
    }

    pub fn signer(&self, domain: &str, selector: &str, key: &[u8]) -> Result<Signer<'_>, String> {
        let (domain, selector, key) = (domain.to_owned(), selector.to_owned(), key.to_vec());
        let handle = ask!(
            self,
            |world| functions!(world, signer),
            call_new(domain, selector, key)
        )?;
        Ok(Signer::new(self, handle))
    }

    /// A function of the interface `dkim`.
    pub fn sign(&self, signers: &[&Signer], message: &[u8]) -> Result<String, String> {
        let signers: Vec<_> = signers.iter().map(|signer| signer.handle()).collect();
        let message = message.to_vec();
        ask!(
            self,
            |world| world.envoi_mail_dkim(),
            call_sign(signers, message)
        )
    }

    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Waits for the result of a call.
    pub(crate) fn wait_for<T>(&self, result: &Receiver<wasmtime::Result<T>>) -> T {
        match result.recv_timeout(self.limit) {
            Ok(Ok(value)) => value,
            Ok(Err(trap)) => panic!("the component trapped: {trap:?}"),
            Err(RecvTimeoutError::Timeout) => {
                panic!("the component did not return within {:?}", self.limit)
            }
            Err(RecvTimeoutError::Disconnected) => {
                panic!("the component trapped, or the host panicked in the call")
            }
        }
    }
}

/// The linear memory of a component that has trapped.
pub(crate) fn memory_of(trap: &wasmtime::Error, store: &Store<State>) -> Vec<u8> {
    let dump = trap.downcast_ref::<WasmCoreDump>();
    let memories = dump.expect("the engine makes dumps").memories();
    let memories: Vec<&[u8]> = memories.iter().map(|one| one.data(store)).collect();
    memories.concat()
}

pub(crate) struct State {
    wasi: WasiCtx,
    pub table: ResourceTable,
    pub memory: LinearMemory,
}

impl State {
    pub(crate) fn new(grants: Grants) -> State {
        State {
            wasi: grants.context(),
            table: ResourceTable::new(),
            memory: LinearMemory::default(),
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

//! An instance of the component. It runs on its own thread, so that a call that does not return is
//! reported.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store, WasmCoreDump};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::bindings::Envoi;
use crate::{
    Draft, Error, Explanation, Grants, LinearMemory, Mailer, Options, Receipt, Signer, component,
    randomness, resolver,
};

/// Longer than any call of a test takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(120);

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
        let (calls, incoming) = mpsc::channel::<Call>();
        thread::spawn(move || {
            let mut component = self.instantiate(grants);
            incoming.iter().for_each(|call| call(&mut component));
        });
        Instance {
            calls,
            limit: LIMIT,
        }
    }

    fn new(engine: &Engine, path: &Path) -> Host {
        let component = component::load(engine, path);
        let mut linker = Linker::new(engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("the names are distinct");
        Host {
            engine: engine.clone(),
            component,
            linker,
        }
    }

    fn instantiate(&self, mut grants: Grants) -> RunningComponent {
        let mut linker = self.linker.clone();
        if let Some(names) = grants.resolver.take() {
            resolver::add_to_linker(&mut linker, names).expect("the names are right");
        }
        if let Some(source) = grants.randomness.take() {
            randomness::add_to_linker(&mut linker, source).expect("the names are right");
        }
        let mut store = Store::new(&self.engine, State::new(grants));
        store.limiter(|state| &mut state.memory);
        let world = Envoi::instantiate(&mut store, &self.component, &linker);
        RunningComponent {
            world: world.expect("the host has all that the component imports"),
            store,
        }
    }
}

/// A running component. Dropping it closes its connections.
pub struct Instance {
    calls: Sender<Call>,
    limit: Duration,
}

type Call = Box<dyn FnOnce(&mut RunningComponent) + Send>;

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
        self.call(move |world, store| {
            let smtp = world.envoi_mail_smtp();
            smtp.call_send_mail(store, &server, &sender, &recipients, &message, timeout)
        })
    }

    pub fn explain(&self, error: &Error) -> Explanation {
        let error = error.clone();
        self.call(move |world, store| world.envoi_mail_smtp().call_explain(store, &error))
    }

    pub fn mailer(&self, host: &str) -> Mailer<'_> {
        let host = host.to_owned();
        let handle = self.call(move |world, store| {
            let mailer = world.envoi_mail_smtp().mailer();
            mailer.call_constructor(store, &host)
        });
        Mailer::new(self, handle)
    }

    pub fn options(&self) -> Options<'_> {
        let resource =
            self.call(|world, store| world.envoi_mail_smtp().options().call_constructor(store));
        Options::new(self, resource)
    }

    pub fn draft(&self) -> Draft<'_> {
        let handle = self.call(|world, store| {
            let compose = world.envoi_mail_compose();
            compose.draft().call_constructor(store)
        });
        Draft::new(self, handle)
    }

    pub fn signer(&self, domain: &str, selector: &str, key: &[u8]) -> Result<Signer<'_>, String> {
        let (domain, selector, key) = (domain.to_owned(), selector.to_owned(), key.to_vec());
        let handle = self.call(move |world, store| {
            let dkim = world.envoi_mail_dkim();
            dkim.signer().call_new(store, &domain, &selector, &key)
        })?;
        Ok(Signer::new(self, handle))
    }

    /// A function of the interface `dkim`.
    pub fn sign(&self, signers: &[&Signer], message: &[u8]) -> Result<String, String> {
        let signers: Vec<_> = signers.iter().map(|signer| signer.handle()).collect();
        let message = message.to_vec();
        self.call(move |world, store| world.envoi_mail_dkim().call_sign(store, &signers, &message))
    }

    pub fn mailer_from_url(&self, url: &str) -> Result<Mailer<'_>, Error> {
        let url = url.to_owned();
        let handle = self.call(move |world, store| {
            let mailer = world.envoi_mail_smtp().mailer();
            mailer.call_from_url(store, &url)
        })?;
        Ok(Mailer::new(self, handle))
    }

    /// The size of the component's linear memory in octets. It never shrinks.
    pub fn memory(&self) -> usize {
        self.call(|_, store| Ok(store.data().memory.octets()))
    }

    /// The component's linear memory after the last call. A host can read a component's memory only after
    /// a trap, so this makes the component trap: it passes an argument that needs more memory, and denies
    /// the memory.
    pub fn into_memory(self) -> Vec<u8> {
        /// Larger than any instance's memory.
        const TOO_LARGE: usize = 256 << 20;
        self.call(|world, store| {
            store.data_mut().memory.deny_growth();
            let (nobody, nobodies) = (String::new(), Vec::<String>::new());
            let message = vec![0_u8; TOO_LARGE];
            let smtp = world.envoi_mail_smtp();
            let trap =
                smtp.call_send_mail(&mut *store, &nobody, &nobody, &nobodies, &message, None);
            let trap = trap.expect_err("there is no memory for it");
            let dump = trap.downcast_ref::<WasmCoreDump>();
            let memories = dump.expect("the engine makes dumps").memories();
            let store = &*store;
            let memories: Vec<&[u8]> = memories.iter().map(|one| one.data(store)).collect();
            Ok(memories.concat())
        })
    }

    /// Calls a function of the component.
    ///
    /// # Panics
    /// If the component traps or does not return in time.
    pub(crate) fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Envoi, &mut Store<State>) -> wasmtime::Result<T> + Send + 'static,
    ) -> T {
        let (done, result) = mpsc::channel();
        let call: Call = Box::new(move |component| {
            // The caller may have given up.
            let _ = done.send(call(&component.world, &mut component.store));
        });
        self.calls.send(call).expect("the instance has died");
        match result.recv_timeout(self.limit) {
            Ok(Ok(value)) => value,
            Ok(Err(trap)) => panic!("the component trapped: {trap:?}"),
            Err(RecvTimeoutError::Timeout) => {
                panic!("the component did not return within {:?}", self.limit)
            }
            Err(RecvTimeoutError::Disconnected) => panic!("the host panicked in the call"),
        }
    }
}

struct RunningComponent {
    world: Envoi,
    store: Store<State>,
}

pub(crate) struct State {
    wasi: WasiCtx,
    pub table: ResourceTable,
    memory: LinearMemory,
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

//! An instance of the component, on a thread of its own: a call that does not return is reported.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, ResourceLimiter, Store, WasmCoreDump};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::bindings::Envoi;
use crate::{
    Error, Explanation, Grants, Mailer, Options, Receipt, component, randomness, resolver,
};

/// Longer than any call of a test takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(120);

/// The component, ready to be instantiated.
pub struct Host {
    engine: Engine,
    component: Component,
    linker: Linker<State>,
}

impl Host {
    /// Loads the component once in a process.
    ///
    /// # Panics
    /// When it was not built.
    pub fn shared() -> &'static Host {
        static HOST: OnceLock<Host> = OnceLock::new();
        HOST.get_or_init(|| {
            let mut config = Config::new();
            config.coredump_on_trap(true);
            let engine = Engine::new(&config).expect("the processor is one of Cranelift's");
            Host::new(&engine, &component::component_path())
        })
    }

    /// With the component for hosts that have wide arithmetic, which wasmtime 48 has to be told of.
    ///
    /// # Panics
    /// When it was not built.
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
            let mut guest = self.guest(grants);
            incoming.iter().for_each(|call| call(&mut guest));
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

    fn guest(&self, mut grants: Grants) -> Guest {
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
        Guest {
            world: world.expect("the host has all that the component imports"),
            store,
        }
    }
}

/// A running component. Its connections close when it is dropped.
pub struct Instance {
    calls: Sender<Call>,
    limit: Duration,
}

type Call = Box<dyn FnOnce(&mut Guest) + Send>;

impl Instance {
    /// Panics where a call does not return for so long.
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

    pub fn mailer_from_url(&self, url: &str) -> Result<Mailer<'_>, Error> {
        let url = url.to_owned();
        let handle = self.call(move |world, store| {
            let mailer = world.envoi_mail_smtp().mailer();
            mailer.call_from_url(store, &url)
        })?;
        Ok(Mailer::new(self, handle))
    }

    /// The size of the component's linear memory, in octets: it never shrinks.
    pub fn memory(&self) -> usize {
        self.call(|_, store| Ok(store.data().memory.octets))
    }

    /// The component's linear memory, as its last call has left it. No host can look at it from
    /// outside, but where the component traps: here where it asks for more memory, for an argument that
    /// is too large for what it has.
    pub fn into_memory(self) -> Vec<u8> {
        /// More than an instance has ever had.
        const TOO_LARGE: usize = 256 << 20;
        self.call(|world, store| {
            store.data_mut().memory.is_closed = true;
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

    /// Calls into the component.
    ///
    /// # Panics
    /// When the component traps, or does not return.
    pub(crate) fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Envoi, &mut Store<State>) -> wasmtime::Result<T> + Send + 'static,
    ) -> T {
        let (done, result) = mpsc::channel();
        let call: Call = Box::new(move |guest| {
            // Who asked may have given up.
            let _ = done.send(call(&guest.world, &mut guest.store));
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

struct Guest {
    world: Envoi,
    store: Store<State>,
}

pub(crate) struct State {
    wasi: WasiCtx,
    pub table: ResourceTable,
    memory: LinearMemory,
}

impl State {
    pub fn new(grants: Grants) -> State {
        State {
            wasi: grants.context(),
            table: ResourceTable::new(),
            memory: LinearMemory::default(),
        }
    }
}

/// Counts the octets of linear memory, and limits none until it is closed.
#[derive(Default)]
struct LinearMemory {
    octets: usize,
    is_closed: bool,
}

impl ResourceLimiter for LinearMemory {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if self.is_closed {
            return Err(wasmtime::Error::msg("the memory is not to grow any more"));
        }
        self.octets += desired - current;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
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

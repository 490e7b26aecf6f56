//! Runs the component.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bindings::Tester as World;
use bindings::exports::envoi::mail::oauth::{Client, ClientAuthentication, Failure};
use host_tests::{load, oauth_path};
use wasmtime::component::{Component, Linker, ResourceAny, ResourceTable};
use wasmtime::{Config, Engine, Store, WasmCoreDump};
use wasmtime_wasi::{
    HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView,
};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

pub(crate) mod bindings {
    wasmtime::component::bindgen!({
        inline: "package test:oauth; world tester { export envoi:mail/oauth@0.1.0; }",
        path: "../wit",
    });
}

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// Sun, 29 Nov 2026 09:00:00 GMT.
const DATE: Duration = Duration::from_secs(1_795_942_800);

/// A monotonic clock that a test sets forward.
#[derive(Clone)]
struct Clock {
    start: Instant,
    /// Nanoseconds.
    ahead: Arc<AtomicU64>,
    /// Nanoseconds that pass at each look at it.
    each: u64,
}

impl HostMonotonicClock for Clock {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        let ahead = self.ahead.fetch_add(self.each, Ordering::SeqCst);
        u64::try_from(self.start.elapsed().as_nanos()).unwrap() + ahead
    }
}

/// A wall clock that stands still.
struct Date;

impl HostWallClock for Date {
    fn resolution(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn now(&self) -> Duration {
        DATE
    }
}

pub(crate) struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: Default::default(),
            ctx: &mut self.http,
            table: &mut self.table,
        }
    }
}

impl State {
    pub(crate) fn new(wasi: &mut WasiCtxBuilder) -> State {
        State {
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            table: ResourceTable::new(),
        }
    }
}

/// WASI with HTTP.
pub(crate) fn linker(engine: &Engine) -> Linker<State> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).unwrap();
    wasmtime_wasi_http::p2::add_only_http_to_linker_sync(&mut linker).unwrap();
    linker
}

/// A running component.
pub(crate) struct Instance {
    store: RefCell<Store<State>>,
    world: World,
    clock: Clock,
}

pub(crate) struct TokenSource<'a> {
    instance: &'a Instance,
    handle: ResourceAny,
}

impl Instance {
    pub(crate) fn start() -> Instance {
        Self::with_clock(0)
    }

    /// Each limit of time has passed when it is set.
    pub(crate) fn in_a_hurry() -> Instance {
        Self::with_clock(u64::try_from(HOUR.as_nanos()).unwrap())
    }

    fn with_clock(each: u64) -> Instance {
        static LOADED: OnceLock<(Engine, Component)> = OnceLock::new();
        let (engine, component) = LOADED.get_or_init(|| {
            let mut config = Config::new();
            config.consume_fuel(true).coredump_on_trap(true);
            let engine = Engine::new(&config).unwrap();
            let component = load(&engine, &oauth_path());
            (engine, component)
        });
        let linker = linker(engine);
        let clock = Clock {
            start: Instant::now(),
            ahead: Arc::default(),
            each,
        };
        let mut wasi = WasiCtxBuilder::new();
        wasi.monotonic_clock(clock.clone()).wall_clock(Date);
        let mut store = Store::new(engine, State::new(&mut wasi));
        store.set_fuel(u64::MAX).unwrap();
        let world = World::instantiate(&mut store, component, &linker).unwrap();
        Instance {
            store: RefCell::new(store),
            world,
            clock,
        }
    }

    /// Sets the clock forward.
    pub(crate) fn pass(&self, time: Duration) {
        let time = u64::try_from(time.as_nanos()).unwrap();
        self.clock.ahead.fetch_add(time, Ordering::SeqCst);
    }

    pub(crate) fn client_credentials(&self, url: &str) -> Result<TokenSource<'_>, Failure> {
        let client = client(ClientAuthentication::SecretInHeader("s3cret-word".into()));
        self.client_credentials_of(url, &client, "mail")
    }

    pub(crate) fn client_credentials_of(
        &self,
        url: &str,
        client: &Client,
        scope: &str,
    ) -> Result<TokenSource<'_>, Failure> {
        let sources = self.world.envoi_mail_oauth().token_source();
        let store = &mut *self.store.borrow_mut();
        self.source(sources.call_client_credentials(store, url, client, Some(scope)))
    }

    pub(crate) fn refresh(&self, url: &str) -> Result<TokenSource<'_>, Failure> {
        self.refresh_with(url, "refresh-1")
    }

    pub(crate) fn refresh_with(&self, url: &str, token: &str) -> Result<TokenSource<'_>, Failure> {
        self.refresh_of(url, &client(ClientAuthentication::Public), token)
    }

    pub(crate) fn refresh_of(
        &self,
        url: &str,
        client: &Client,
        token: &str,
    ) -> Result<TokenSource<'_>, Failure> {
        let sources = self.world.envoi_mail_oauth().token_source();
        let store = &mut *self.store.borrow_mut();
        self.source(sources.call_refresh(store, url, client, token, None))
    }

    pub(crate) fn service_account(&self, key_file: &str) -> Result<TokenSource<'_>, Failure> {
        let sources = self.world.envoi_mail_oauth().token_source();
        let store = &mut *self.store.borrow_mut();
        self.source(sources.call_service_account(store, key_file, "mail", None))
    }

    /// The memory of the component, which ends with that.
    pub(crate) fn memory(&self) -> Vec<u8> {
        let source = self.refresh("https://login.test/").unwrap();
        let store = &mut *self.store.borrow_mut();
        store.set_fuel(0).unwrap();
        let sources = self.world.envoi_mail_oauth().token_source();
        let trap = sources.call_forget(&mut *store, source.handle).unwrap_err();
        let dump: &WasmCoreDump = trap.downcast_ref().unwrap();
        let memories = dump.memories().iter().map(|it| it.data(&*store));
        memories.flatten().copied().collect()
    }

    fn source(
        &self,
        made: wasmtime::Result<Result<ResourceAny, Failure>>,
    ) -> Result<TokenSource<'_>, Failure> {
        made.unwrap().map(|handle| TokenSource {
            instance: self,
            handle,
        })
    }
}

impl TokenSource<'_> {
    pub(crate) fn token(&self) -> Result<String, Failure> {
        let sources = self.instance.world.envoi_mail_oauth().token_source();
        let store = &mut *self.instance.store.borrow_mut();
        sources.call_token(store, self.handle).unwrap()
    }

    /// Ends it.
    pub(crate) fn end(self) {
        let store = &mut *self.instance.store.borrow_mut();
        self.handle.resource_drop(store).unwrap();
    }

    pub(crate) fn forget(&self) {
        let sources = self.instance.world.envoi_mail_oauth().token_source();
        let store = &mut *self.instance.store.borrow_mut();
        sources.call_forget(store, self.handle).unwrap();
    }

    pub(crate) fn refresh_token(&self) -> Option<String> {
        let sources = self.instance.world.envoi_mail_oauth().token_source();
        let store = &mut *self.instance.store.borrow_mut();
        sources.call_refresh_token(store, self.handle).unwrap()
    }
}

fn client(authentication: ClientAuthentication) -> Client {
    Client {
        id: "the-client".into(),
        authentication,
    }
}

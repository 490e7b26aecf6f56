//! The same conversations through a component in wasmtime.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use wasmtime::component::{Component, Linker, ResourceAny, ResourceTable};
use wasmtime::error::Context;
use wasmtime::{Config, Engine, Store};
use wasmtime::{Result, bail, ensure};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::client::{BULK, Client, PIECE, piece};
use crate::server::Server;
use bindings::exports::envoi::mail::smtp::{
    Credentials, Envelope, Error, Guest, PasswordCredentials, Security, TlsState,
};
use bindings::{Envoi, EnvoiPre};

mod bindings {
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "envoi",
        with: { "wasi": wasmtime_wasi::p2::bindings::sync },
    });
}

/// A component, compiled.
pub struct Host {
    engine: Engine,
    pre: EnvoiPre<State>,
    /// Octets.
    pub size: usize,
    pub compilation: Duration,
}

impl Host {
    pub fn load(path: &Path) -> Result<Host> {
        let wasm = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut config = Config::new();
        config.wasm_wide_arithmetic(true);
        let engine = Engine::new(&config)?;
        let start = Instant::now();
        let component = Component::new(&engine, &wasm)?;
        let compilation = start.elapsed();
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
        Ok(Host {
            pre: EnvoiPre::new(linker.instantiate_pre(&component)?)?,
            engine,
            size: wasm.len(),
            compilation,
        })
    }

    pub fn instantiate(&self) -> Result<Instance> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.allow_tcp(true).inherit_network();
        let mut store = Store::new(&self.engine, State::new(&mut wasi));
        let world = self.pre.instantiate(&mut store)?;
        Ok(Instance { store, world })
    }
}

pub struct Instance {
    store: Store<State>,
    world: Envoi,
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

/// An instance with a mailer that trusts the server.
pub struct InWasm<'a> {
    host: &'a Host,
    server: &'a Server,
    instance: Instance,
    mailer: ResourceAny,
}

impl InWasm<'_> {
    pub fn new<'a>(host: &'a Host, server: &'a Server) -> Result<InWasm<'a>> {
        let mut instance = host.instantiate()?;
        let Instance { store, world } = &mut instance;
        let calls = world.envoi_mail_smtp().mailer();
        let mailer = calls.call_constructor(&mut *store, "127.0.0.1")?;
        calls.call_set_port(&mut *store, mailer, server.tls_port)?;
        calls.call_set_security(&mut *store, mailer, Security::ImplicitTls)?;
        fine(calls.call_add_trust_anchors(&mut *store, mailer, server.root.as_bytes())?)?;
        Ok(InWasm {
            host,
            server,
            instance,
            mailer,
        })
    }

    /// Sends one message over a connection of its own, without a session to resume.
    pub fn message(&mut self, message: &[u8]) -> Result<()> {
        self.forget()?;
        let Instance { store, world } = &mut self.instance;
        let calls = world.envoi_mail_smtp().mailer();
        let password = Credentials::Password(PasswordCredentials {
            username: "user".into(),
            password: "secret".into(),
            authorization_id: None,
        });
        calls.call_set_credentials(&mut *store, self.mailer, Some(&password))?;
        let envelope = envelope();
        fine(calls.call_send(&mut *store, self.mailer, &envelope, message, None)?)?;
        calls.call_close(&mut *store, self.mailer)
    }

    fn set_plaintext(&mut self) -> Result<()> {
        let Instance { store, world } = &mut self.instance;
        let calls = world.envoi_mail_smtp().mailer();
        calls.call_set_port(&mut *store, self.mailer, self.server.plain_port)?;
        calls.call_set_security(&mut *store, self.mailer, Security::Plaintext)
    }

    fn send(&mut self) -> Result<()> {
        let Instance { store, world } = &mut self.instance;
        let smtp = world.envoi_mail_smtp();
        let envelope = envelope();
        let started =
            smtp.mailer()
                .call_start_message(&mut *store, self.mailer, &envelope, None)?;
        let message = fine(started)?;
        let piece = piece();
        for _ in 0..BULK / PIECE {
            fine(smtp.message().call_write(&mut *store, message, &piece)?)?;
        }
        fine(smtp.message().call_finish(&mut *store, message)?)?;
        smtp.mailer().call_close(&mut *store, self.mailer)?;
        Ok(())
    }

    fn visit(&mut self, expect: impl FnOnce(Option<TlsState>) -> bool) -> Result<()> {
        let Instance { store, world } = &mut self.instance;
        let smtp: &Guest = world.envoi_mail_smtp();
        let client = fine(smtp.mailer().call_connect(&mut *store, self.mailer)?)?;
        let tls = smtp.client().call_tls(&mut *store, client)?;
        ensure!(expect(tls), "the handshake is not of the kind expected");
        fine(smtp.client().call_quit(&mut *store, client)?)?;
        Ok(())
    }
}

impl Client for InWasm<'_> {
    /// A new mailer knows no session.
    fn forget(&mut self) -> Result<()> {
        *self = InWasm::new(self.host, self.server)?;
        Ok(())
    }

    fn without_tls(&mut self) -> Result<()> {
        self.set_plaintext()?;
        self.visit(|tls| tls.is_none())
    }

    fn full(&mut self) -> Result<()> {
        self.visit(|tls| tls.is_some_and(|tls| !tls.resumed))
    }

    fn resumed(&mut self) -> Result<()> {
        self.visit(|tls| tls.is_some_and(|tls| tls.resumed))
    }

    fn bulk(&mut self) -> Result<()> {
        self.send()
    }

    fn bulk_without_tls(&mut self) -> Result<()> {
        self.set_plaintext()?;
        self.send()
    }
}

fn envelope() -> Envelope {
    Envelope {
        sender: Some("a@mail.test".into()),
        recipients: vec!["b@mail.test".into()],
    }
}

fn fine<T>(result: Result<T, Error>) -> Result<T> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => bail!("the component answers {error:?}"),
    }
}

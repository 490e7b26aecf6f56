//! The same conversations through a component in wasmtime.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use bench::host::bindings::Envoi;
use bench::host::bindings::exports::envoi::mail::smtp::{
    Credentials, Envelope, Guest, PasswordCredentials, Security, TlsState,
};
use bench::host::{self, State, fine};
use wasmtime::component::{Component, ResourceAny};
use wasmtime::error::Context;
use wasmtime::{Result, Store, ensure};

use crate::client::{BULK, Client, PIECE, piece};
use crate::server::Server;

/// A component, compiled.
pub struct Host {
    host: host::Host,
    /// Octets.
    pub size: usize,
    pub compilation: Duration,
}

impl Host {
    pub fn load(path: &Path) -> Result<Host> {
        let wasm = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let engine = host::engine()?;
        let start = Instant::now();
        let component = Component::new(&engine, &wasm)?;
        let compilation = start.elapsed();
        Ok(Host {
            host: host::Host::new(engine, &component)?,
            size: wasm.len(),
            compilation,
        })
    }

    pub fn instantiate(&self) -> Result<Instance> {
        let (store, world) = self.host.instantiate()?;
        Ok(Instance { store, world })
    }
}

pub struct Instance {
    store: Store<State>,
    world: Envoi,
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

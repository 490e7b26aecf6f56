//! The same conversations through a component in wasmtime.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use bench::host::bindings::exports::envoi::mail::smtp::{
    Credentials, Envelope, PasswordCredentials, Security, TlsState,
};
use bench::host::{self, Instance, Threads, fine};
use wasmtime::component::{Component, ResourceAny};
use wasmtime::error::Context;
use wasmtime::{Result, ensure};

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
            host: host::Host::new(engine, &component, Threads::One)?,
            size: wasm.len(),
            compilation,
        })
    }

    pub fn instantiate(&self) -> Result<Instance> {
        self.host.instantiate()
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
        let mailer = instance.call(async |smtp, store| {
            let calls = smtp.mailer();
            let mailer = calls.call_constructor(&mut *store, "127.0.0.1").await?;
            let (port, security) = (server.tls_port, Security::ImplicitTls);
            calls.call_set_port(&mut *store, mailer, Some(port)).await?;
            calls
                .call_set_security(&mut *store, mailer, security)
                .await?;
            let added = calls.call_add_trust_anchors(&mut *store, mailer, server.root.as_bytes());
            fine(added.await?)?;
            Ok(mailer)
        })?;
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
        let password = Credentials::Password(PasswordCredentials {
            username: "user".into(),
            password: "secret".into(),
            authorization_id: None,
        });
        let mailer = self.mailer;
        self.instance.call(async |smtp, store| {
            let calls = smtp.mailer();
            let set = calls.call_set_credentials(&mut *store, mailer, Some(&password));
            set.await?;
            let envelope = envelope();
            let sent = calls.call_send(&mut *store, mailer, &envelope, message, None);
            fine(sent.await?)?;
            calls.call_close(&mut *store, mailer).await
        })
    }

    fn set_plaintext(&mut self) -> Result<()> {
        let (mailer, port) = (self.mailer, self.server.plain_port);
        self.instance.call(async |smtp, store| {
            let calls = smtp.mailer();
            calls.call_set_port(&mut *store, mailer, Some(port)).await?;
            let set = calls.call_set_security(&mut *store, mailer, Security::Plaintext);
            set.await
        })
    }

    fn send(&mut self) -> Result<()> {
        let mailer = self.mailer;
        self.instance.call(async |smtp, store| {
            let envelope = envelope();
            let calls = smtp.mailer();
            let started = calls.call_start_message(&mut *store, mailer, &envelope, None);
            let message = fine(started.await?)?;
            let piece = piece();
            for _ in 0..BULK / PIECE {
                fine(
                    smtp.message_writer()
                        .call_write(&mut *store, message, &piece)
                        .await?,
                )?;
            }
            fine(
                smtp.message_writer()
                    .call_finish(&mut *store, message)
                    .await?,
            )?;
            calls.call_close(&mut *store, mailer).await
        })
    }

    fn visit(&mut self, expect: impl FnOnce(Option<TlsState>) -> bool) -> Result<()> {
        let mailer = self.mailer;
        self.instance.call(async |smtp, store| {
            let client = fine(smtp.mailer().call_connect(&mut *store, mailer).await?)?;
            let tls = smtp.session().call_tls(&mut *store, client).await?;
            ensure!(expect(tls), "the handshake is not of the kind expected");
            fine(smtp.session().call_quit(&mut *store, client).await?)?;
            Ok(())
        })
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

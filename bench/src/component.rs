//! The measurements with a component in wasmtime.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use bench::host::bindings::exports::envoi::mail::smtp::{
    Credentials, Envelope, PasswordCredentials, Security, TlsState,
};
use bench::host::{self, Instance, Threads, expect_ok};
use wasmtime::component::{Component, ResourceAny};
use wasmtime::error::Context;
use wasmtime::{Result, ensure};

use crate::client::{BULK, Client, PIECE, piece};
use crate::server::Server;

/// A compiled component.
pub(crate) struct Host {
    host: host::Host,
    /// In octets.
    pub size: usize,
    pub compilation: Duration,
}

impl Host {
    pub(crate) fn load(path: &Path) -> Result<Host> {
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

    pub(crate) fn instantiate(&self) -> Result<Instance> {
        self.host.instantiate()
    }
}

/// An instance with a mailer that trusts the server.
pub(crate) struct ComponentClient<'a> {
    host: &'a Host,
    server: &'a Server,
    instance: Instance,
    mailer: ResourceAny,
}

impl ComponentClient<'_> {
    pub(crate) fn new<'a>(host: &'a Host, server: &'a Server) -> Result<ComponentClient<'a>> {
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
            expect_ok(added.await?)?;
            Ok(mailer)
        })?;
        Ok(ComponentClient {
            host,
            server,
            instance,
            mailer,
        })
    }

    /// Sends one message over a connection of its own, with a full handshake.
    pub(crate) fn message(&mut self, message: &[u8]) -> Result<()> {
        self.forget_sessions()?;
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
            expect_ok(sent.await?)?;
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
            let message = expect_ok(started.await?)?;
            let piece = piece();
            for _ in 0..BULK / PIECE {
                expect_ok(
                    smtp.message_writer()
                        .call_write(&mut *store, message, &piece)
                        .await?,
                )?;
            }
            expect_ok(
                smtp.message_writer()
                    .call_finish(&mut *store, message)
                    .await?,
            )?;
            calls.call_close(&mut *store, mailer).await
        })
    }

    fn connect_and_quit(&mut self, expect: impl FnOnce(Option<TlsState>) -> bool) -> Result<()> {
        let mailer = self.mailer;
        self.instance.call(async |smtp, store| {
            let client = expect_ok(smtp.mailer().call_connect(&mut *store, mailer).await?)?;
            let tls = smtp.session().call_tls(&mut *store, client).await?;
            ensure!(expect(tls), "the handshake is not of the kind expected");
            expect_ok(smtp.session().call_quit(&mut *store, client).await?)?;
            Ok(())
        })
    }
}

impl Client for ComponentClient<'_> {
    /// A new mailer has no sessions.
    fn forget_sessions(&mut self) -> Result<()> {
        *self = ComponentClient::new(self.host, self.server)?;
        Ok(())
    }

    fn without_tls(&mut self) -> Result<()> {
        self.set_plaintext()?;
        self.connect_and_quit(|tls| tls.is_none())
    }

    fn full_handshake(&mut self) -> Result<()> {
        self.connect_and_quit(|tls| tls.is_some_and(|tls| !tls.resumed))
    }

    fn resumed_handshake(&mut self) -> Result<()> {
        self.connect_and_quit(|tls| tls.is_some_and(|tls| tls.resumed))
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

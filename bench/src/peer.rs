//! The component `wasm-smtp-component` in wasmtime. It sends one message per connection, always with TLS
//! and AUTH; its interface has nothing else.

pub mod build;

use tokio::runtime::Runtime;
use wasmtime::component::{Component, Func, Instance, Linker, Val};
use wasmtime::error::Context;
use wasmtime::{Engine, Result, Store, bail};
use wasmtime_wasi::WasiCtxBuilder;

use crate::host::{State, Threads};

const INTERFACE: &str = "wasm-smtp:smtp/smtp-send@0.2.0";

/// A server that accepts [`servers::real::USER`].
pub struct Server<'a> {
    pub port: u16,
    /// In the words of the interface: `implicit` or `starttls`.
    pub security: &'a str,
    /// The trust anchor, in PEM.
    pub root: &'a str,
}

/// One instance that sends all messages.
pub struct Peer {
    runtime: Runtime,
    store: Store<State>,
    send: Func,
    config: Val,
}

impl Peer {
    pub fn new(
        engine: &Engine,
        component: &Component,
        threads: Threads,
        server: &Server,
    ) -> Result<Peer> {
        let mut linker = Linker::new(engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        let mut wasi = WasiCtxBuilder::new();
        wasi.allow_tcp(true)
            .allow_ip_name_lookup(true)
            .inherit_network();
        let mut store = Store::new(engine, State::new(&mut wasi));
        let runtime = threads.runtime()?;
        let instance = runtime.block_on(linker.instantiate_async(&mut store, component))?;
        let create = function(&instance, &mut store, "[static]smtp-config.create")?;
        let arguments = [
            Val::String("127.0.0.1".into()),
            Val::U16(server.port),
            Val::String("client.test".into()),
            Val::Enum(server.security.into()),
            Val::Variant(
                "custom".into(),
                Some(Box::new(Val::String(server.root.into()))),
            ),
        ];
        let config = runtime.block_on(call(&mut store, &create, &arguments))?;
        Ok(Peer {
            send: function(&instance, &mut store, "send")?,
            config: config.context("no configuration")?,
            runtime,
            store,
        })
    }

    /// Connects, sends the message, and closes.
    pub fn send(&mut self, sender: &str, recipients: &[String], message: &str) -> Result<()> {
        let credentials = record([
            ("username", Val::String(servers::real::USER.into())),
            ("password", Val::String(servers::real::PASSWORD.into())),
        ]);
        let recipients = recipients.iter().cloned().map(Val::String).collect();
        let message = record([
            ("from", Val::String(sender.into())),
            ("to", Val::List(recipients)),
            ("raw-message", Val::String(message.into())),
        ]);
        let arguments = [self.config.clone(), credentials, message];
        let sent = call(&mut self.store, &self.send, &arguments);
        self.runtime.block_on(sent).map(drop)
    }
}

fn record<const N: usize>(fields: [(&str, Val); N]) -> Val {
    Val::Record(fields.map(|(name, value)| (name.into(), value)).into())
}

fn function(instance: &Instance, store: &mut Store<State>, name: &str) -> Result<Func> {
    let interface = instance.get_export_index(&mut *store, None, INTERFACE);
    let index = instance.get_export_index(&mut *store, interface.as_ref(), name);
    let index = index.with_context(|| format!("the peer has no {name}"))?;
    instance
        .get_func(store, index)
        .with_context(|| format!("{name} is no function"))
}

async fn call(store: &mut Store<State>, function: &Func, arguments: &[Val]) -> Result<Option<Val>> {
    let mut results = [Val::Bool(false)];
    function.call_async(store, arguments, &mut results).await?;
    match results {
        [Val::Result(Ok(value))] => Ok(value.map(|value| *value)),
        results => bail!("the peer answers {results:?}"),
    }
}

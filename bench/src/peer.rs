//! The component `wasm-smtp-component` in the same host: one whole message each, as that is all that
//! its interface has.

use std::fs;
use std::path::Path;
use std::time::Duration;

use bench::host::State;
use wasmtime::component::{Component, Func, Instance, Linker, Val};
use wasmtime::error::Context;
use wasmtime::{Engine, Result, Store, bail};
use wasmtime_wasi::WasiCtxBuilder;

use crate::component::{Host, InWasm};
use crate::cpu::{median, time};
use crate::server::Server;

const INTERFACE: &str = "wasm-smtp:smtp/smtp-send@0.2.0";
const MESSAGES: usize = 101;
const MESSAGE: &str = "From: a@mail.test\r\nTo: b@mail.test\r\nSubject: one\r\n\r\nHello.\r\n";

/// Processor time of a message over a connection of its own: TLS in full, AUTH PLAIN, QUIT. In turns
/// of all of them.
pub fn compare(path: &Path, hosts: &[(&str, &Host)], server: &Server) -> Result<String> {
    let mut peer = Peer::load(path, server)?;
    let mut ours: Vec<InWasm> = hosts
        .iter()
        .map(|(_, host)| InWasm::new(host, server))
        .collect::<Result<_>>()?;
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); 1 + ours.len()];
    for _ in 0..MESSAGES {
        for (times, ours) in times.iter_mut().skip(1).zip(&mut ours) {
            times.push(time(|| ours.message(MESSAGE.as_bytes()))?);
        }
        times[0].push(time(|| peer.message())?);
    }
    let names = ["wasm-smtp-component"].into_iter();
    let names = names.chain(hosts.iter().map(|(name, _)| *name));
    let mut table = String::from("| one message, processor time | ms |\n| --- | --- |\n");
    for (name, times) in names.zip(times) {
        let milliseconds = median(times).as_secs_f64() * 1e3;
        table += &format!("| {name} | {milliseconds:.2} |\n");
    }
    Ok(table + &format!("\nIts size: {} kB.\n", peer.size / 1000))
}

struct Peer {
    store: Store<State>,
    send: Func,
    config: Val,
    size: usize,
}

impl Peer {
    fn load(path: &Path, server: &Server) -> Result<Peer> {
        let wasm = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let engine = Engine::default();
        let component = Component::new(&engine, &wasm)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
        let mut wasi = WasiCtxBuilder::new();
        wasi.allow_tcp(true)
            .allow_ip_name_lookup(true)
            .inherit_network();
        let mut store = Store::new(&engine, State::new(&mut wasi));
        let instance = linker.instantiate(&mut store, &component)?;
        let create = function(&instance, &mut store, "[static]smtp-config.create")?;
        let arguments = [
            Val::String("127.0.0.1".into()),
            Val::U16(server.tls_port),
            Val::String("client.test".into()),
            Val::Enum("implicit".into()),
            Val::Variant(
                "custom".into(),
                Some(Box::new(Val::String(server.root.clone()))),
            ),
        ];
        let config = call(&mut store, &create, &arguments)?.context("no configuration")?;
        Ok(Peer {
            send: function(&instance, &mut store, "send")?,
            store,
            config,
            size: wasm.len(),
        })
    }

    fn message(&mut self) -> Result<()> {
        let credentials = record([
            ("username", Val::String("user".into())),
            ("password", Val::String("secret".into())),
        ]);
        let message = record([
            ("from", Val::String("a@mail.test".into())),
            ("to", Val::List(vec![Val::String("b@mail.test".into())])),
            ("raw-message", Val::String(MESSAGE.into())),
        ]);
        let arguments = [self.config.clone(), credentials, message];
        call(&mut self.store, &self.send, &arguments).map(drop)
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

fn call(store: &mut Store<State>, function: &Func, arguments: &[Val]) -> Result<Option<Val>> {
    let mut results = [Val::Bool(false)];
    function.call(&mut *store, arguments, &mut results)?;
    match results {
        [Val::Result(Ok(value))] => Ok(value.map(|value| *value)),
        results => bail!("the peer answers {results:?}"),
    }
}

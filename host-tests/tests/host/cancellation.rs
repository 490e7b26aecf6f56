//! Calls that their caller cancels. wasmtime's own calls cannot be cancelled, so the caller is a component.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs, process};

use host_tests::{Grants, component_path, load};
use servers::scripted::Server;
use tokio::runtime::Builder;
use tokio::task::spawn_blocking;
use wasmtime::component::{Accessor, Component, Instance, Linker, ResourceTable, TypedFunc};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::meeting::{Meeting, expect_and_meet};
use crate::support::*;

const WORLD: &str = "
    package test:canceller;
    world canceller {
        import envoi:mail/smtp-async@0.1.0;
        export open: func(port: u16);
        export begin: async func();
        export cancel: async func() -> u32;
        export deliver: async func() -> u32;
    }";

/// The last status of a call that was cancelled before it returned.
const CANCELLED: u32 = 4;

struct State {
    wasi: WasiCtx,
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

/// The caller, composed with the component.
fn composition() -> &'static (Engine, Component) {
    static COMPOSITION: OnceLock<(Engine, Component)> = OnceLock::new();
    COMPOSITION.get_or_init(|| {
        let path = temporary("caller");
        fs::write(&path, caller()).unwrap();
        let composed = compose::plug(&path, &component_path()).unwrap();
        fs::write(&path, composed).unwrap();
        let engine = Engine::default();
        let component = load(&engine, &path);
        fs::remove_file(&path).unwrap();
        (engine, component)
    })
}

fn caller() -> Vec<u8> {
    let mut resolve = Resolve::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    resolve.push_dir(folder).unwrap();
    let package = resolve.push_str("canceller.wit", WORLD).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = wat::parse_str(include_str!("canceller.wat")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(true).module(&module).unwrap();
    encoder.encode().unwrap()
}

fn temporary(name: &str) -> PathBuf {
    env::temp_dir().join(format!("envoi-{}-{name}.wasm", process::id()))
}

struct Caller {
    begin: TypedFunc<(), ()>,
    cancel: TypedFunc<(), (u32,)>,
    deliver: TypedFunc<(), (u32,)>,
}

impl Caller {
    fn new(store: &mut Store<State>, instance: &Instance) -> Caller {
        Caller {
            begin: instance.get_typed_func(&mut *store, "begin").unwrap(),
            cancel: instance.get_typed_func(&mut *store, "cancel").unwrap(),
            deliver: instance.get_typed_func(&mut *store, "deliver").unwrap(),
        }
    }

    /// Begins a call, cancels it as soon as the meeting takes place, and then delivers a message.
    async fn cancel_at(self, accessor: &Accessor<State>, meeting: Meeting) {
        self.begin.call_concurrent(accessor, ()).await.unwrap();
        let met = spawn_blocking(move || meeting.takes_place()).await;
        assert!(met.unwrap());
        let (status,) = self.cancel.call_concurrent(accessor, ()).await.unwrap();
        assert_eq!(status, CANCELLED);
        let (failed,) = self.deliver.call_concurrent(accessor, ()).await.unwrap();
        assert_eq!(failed, 0);
    }
}

async fn run(port: u16, meeting: Meeting) {
    let (engine, component) = composition();
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p3::add_to_linker(&mut linker).unwrap();
    let wasi = Grants::all().context();
    let table = ResourceTable::new();
    let mut store = Store::new(engine, State { wasi, table });
    let instance = linker.instantiate_async(&mut store, component).await;
    let instance = instance.unwrap();
    let open = instance.get_typed_func::<(u16,), ()>(&mut store, "open");
    open.unwrap().call_async(&mut store, (port,)).await.unwrap();
    let caller = Caller::new(&mut store, &instance);
    let called = store.run_concurrent(async |accessor| caller.cancel_at(accessor, meeting).await);
    called.await.unwrap();
}

#[test]
fn a_call_that_is_cancelled_closes_its_connection_and_the_next_message_goes() {
    let begun = Meeting::of(2);
    let cancelled = hello(&[])
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .followed_by(expect_and_meet("RCPT TO:<b@mail.test>", &[&begun]))
        .expect_close();
    let server = Server::start([cancelled, delivery()]);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run(server.port(), begun));
    let heard = server.finish();
    assert_eq!(heard.sessions[1].messages(), [MESSAGE]);
}

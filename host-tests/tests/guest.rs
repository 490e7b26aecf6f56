//! The guest of README.md and `examples/guest`, composed with the component, sends its message.

use std::fs;
use std::path::Path;

use servers::scripted::{Server, Session};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

#[test]
fn a_guest_composed_with_the_component_sends_its_message() {
    let server = Server::start(vec![
        Session::new()
            .say("220 mail.test ESMTP")
            .expect("EHLO [127.0.0.1]")
            .say("250 mail.test")
            .expect("MAIL FROM:<shop@example.org>")
            .say("250 2.1.0 Ok")
            .expect("RCPT TO:<you@example.org>")
            .say("250 2.1.5 Ok")
            .expect("DATA")
            .say("354 Go ahead")
            .content()
            .say("250 2.0.0 Ok: queued as 4711")
            .expect("QUIT")
            .say("221 Bye")
            .hang_up(),
    ]);
    let url = format!("smtp://127.0.0.1:{}", server.port());
    let said = welcome(&url, "you@example.org");
    assert_eq!(said.as_deref(), Ok("2.0.0 Ok: queued as 4711"));
    let transcript = server.finish();
    let message = String::from_utf8_lossy(&transcript.sessions[0].contents[0]).into_owned();
    assert!(message.contains("Subject: Welcome\r\n"), "{message}");
}

#[test]
fn a_guest_is_told_what_went_wrong() {
    let said = welcome("smtp://127.0.0.1", "nobody at all");
    assert!(said.unwrap_err().contains("recipient"));
}

#[test]
fn the_readme_shows_the_guest_as_it_is() {
    let readme = fs::read_to_string(workspace().join("README.md")).unwrap();
    for file in ["src/lib.rs", "wit/guest.wit"] {
        let source = fs::read_to_string(workspace().join("examples/guest").join(file)).unwrap();
        assert!(readme.contains(&source), "README.md shows another {file}");
    }
}

fn welcome(server: &str, to: &str) -> Result<String, String> {
    let guest = workspace().join("dist/guest-rust.wasm");
    let composition = compose::plug(&guest, &host_tests::component_path())
        .expect("`cargo xtask test` has built both");
    let engine = Engine::default();
    let component = Component::new(&engine, composition).unwrap();
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).unwrap();
    let mut store = Store::new(&engine, State::new());
    let instance = linker.instantiate(&mut store, &component).unwrap();
    let welcome = instance
        .get_typed_func::<(&str, &str), (Result<String, String>,)>(&mut store, "welcome")
        .unwrap();
    welcome.call(&mut store, (server, to)).unwrap().0
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

struct State {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl State {
    fn new() -> Self {
        let mut wasi = WasiCtxBuilder::new();
        wasi.allow_tcp(true).inherit_network();
        Self {
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

//! `examples/guest-oauth`, composed with envoi and the component for tokens.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use host_tests::{guest_oauth_path, load};
use servers::http::{HttpAnswer, HttpServer, json};
use servers::scripted::{Script, Server};
use servers::tokens::{AGAIN, FIRST, granted, refusing, taking};
use wasmtime::component::Component;
use wasmtime::{Engine, Store};
use wasmtime_wasi::WasiCtxBuilder;

use crate::support::{State, linker};

/// Writes to herself.
const ADA: &str = "ada@mail.test";

/// What the guest returns, and how many tokens it asked for.
fn greet(
    tokens: impl IntoIterator<Item = HttpAnswer>,
    sessions: impl IntoIterator<Item = Script>,
) -> (Result<String, String>, usize) {
    static LOADED: OnceLock<(Engine, Component)> = OnceLock::new();
    let (engine, component) = LOADED.get_or_init(|| {
        let engine = Engine::default();
        let component = load(&engine, &guest_oauth_path());
        (engine, component)
    });
    let mut wasi = WasiCtxBuilder::new();
    wasi.inherit_network().allow_tcp(true);
    let mut store = Store::new(engine, State::new(&mut wasi));
    let instance = linker(engine).instantiate(&mut store, component).unwrap();
    let greet = instance.get_typed_func(&mut store, "greet").unwrap();
    let (authorization, mail) = (HttpServer::start(tokens), Server::start(sessions));
    let (server, token_url) = (
        format!("smtp://127.0.0.1:{}", mail.port()),
        authorization.url("/"),
    );
    let arguments = (&*server, ADA, &*token_url, "id", "r3fresh-token");
    let (said,): (Result<String, String>,) = greet.call(&mut store, arguments).unwrap();
    mail.finish();
    (said, authorization.finish().len())
}

#[test]
fn after_a_535_the_guest_asks_anew_once_and_the_message_goes() {
    let tokens = [granted("first"), granted("again")];
    let (said, asked) = greet(tokens, [refusing(FIRST), taking(AGAIN, ADA)]);
    assert_eq!(said.as_deref(), Ok("2.0.0 Taken"));
    assert_eq!(asked, 2);
}

#[test]
fn a_second_535_is_the_mail_servers_word() {
    let tokens = [granted("first"), granted("again"), granted("third")];
    let (said, asked) = greet(tokens, [refusing(FIRST), refusing(AGAIN)]);
    assert!(said.unwrap_err().contains("535 5.7.8 Not accepted"));
    assert_eq!(asked, 2);
}

#[test]
fn without_a_token_the_mail_server_is_not_asked() {
    let refusal = r#"{"error":"invalid_grant","error_description":"r3fresh-token has ended"}"#;
    let (said, asked) = greet([json(400, refusal)], []);
    let said = said.unwrap_err();
    assert!(
        said.contains("[secret] has ended; the refresh token is no longer valid"),
        "{said}"
    );
    assert_eq!(asked, 1);
}

#[test]
fn the_page_shows_the_guest_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let source = read("examples/guest-oauth/src/lib.rs");
    let (_, shown) = source.split_once("impl Guest for Greeter").unwrap();
    assert!(read("docs/providers.md").contains(shown));
}

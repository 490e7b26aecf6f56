//! Secrets do not stay in the component's memory.

use servers::http::{HttpServer, json};
use servers::tokens::granted;

use crate::support::Instance;

fn holds(memory: &[u8], words: &str) -> bool {
    memory.windows(words.len()).any(|it| it == words.as_bytes())
}

#[test]
fn a_source_that_has_ended_leaves_no_secret_behind() {
    let rotated = r#"{"access_token":"a","token_type":"Bearer","expires_in":0,"refresh_token":"n3xt-refresh-token"}"#;
    let refusal = r#"{"error":"invalid_grant"}"#;
    let server = HttpServer::start([json(200, rotated), json(400, refusal), granted("t")]);
    let instance = Instance::start();
    let source = instance
        .refresh_with(&server.url("/"), "f1rst-refresh-token")
        .unwrap();
    source.token().unwrap();
    source.token().unwrap_err();
    source.end();
    let source = instance.client_credentials(&server.url("/")).unwrap();
    source.token().unwrap();
    source.end();
    server.finish();
    let memory = instance.memory();
    for secret in [
        "f1rst-refresh-token",
        "n3xt-refresh-token",
        "s3cret-word",
        // the-client:s3cret-word, without what depends on the end.
        "dGhlLWNsaWVudDpzM2NyZXQtd29y",
    ] {
        assert!(!holds(&memory, secret), "{secret}");
    }
}

#[test]
fn a_source_in_use_holds_its_secret() {
    let instance = Instance::start();
    let _source = instance
        .refresh_with("https://login.test/", "f1rst-refresh-token")
        .unwrap();
    assert!(holds(&instance.memory(), "f1rst-refresh-token"));
}

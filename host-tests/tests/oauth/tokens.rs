//! Tokens that are granted: what is requested, what is kept.

use servers::http::{HttpServer, json};
use servers::tokens::granted;

use crate::support::{HOUR, Instance};

#[test]
fn client_credentials_become_a_token() {
    let server = HttpServer::start([granted("t0ken")]);
    let instance = Instance::start();
    let source = instance
        .client_credentials(&server.url("/token?v=2"))
        .unwrap();
    assert_eq!(source.token().unwrap(), "t0ken");
    assert_eq!(source.refresh_token(), None);
    let requests = server.finish();
    let [request] = &requests[..] else {
        panic!("{requests:?}");
    };
    assert_eq!(request.body, "grant_type=client_credentials&scope=mail");
    for line in [
        "POST /token?v=2 HTTP/1.1\n",
        // the-client:s3cret-word
        "authorization: Basic dGhlLWNsaWVudDpzM2NyZXQtd29yZA==\n",
        "content-type: application/x-www-form-urlencoded\n",
        "content-length: 40\n",
        "accept: application/json\n",
    ] {
        assert!(request.head.contains(line), "{}", request.head);
    }
}

#[test]
fn two_calls_with_a_good_token_make_one_request() {
    let server = HttpServer::start([granted("first"), granted("second")]);
    let instance = Instance::start();
    let source = instance.client_credentials(&server.url("/")).unwrap();
    assert_eq!(source.token().unwrap(), "first");
    assert_eq!(source.token().unwrap(), "first");
    assert_eq!(server.finish().len(), 1);
}

#[test]
fn a_token_is_renewed_before_its_end() {
    let server = HttpServer::start([granted("first"), granted("second")]);
    let instance = Instance::start();
    let source = instance.client_credentials(&server.url("/")).unwrap();
    assert_eq!(source.token().unwrap(), "first");
    instance.pass(HOUR / 2);
    assert_eq!(source.token().unwrap(), "first");
    instance.pass(HOUR / 2);
    assert_eq!(source.token().unwrap(), "second");
    assert_eq!(source.token().unwrap(), "second");
    assert_eq!(server.finish().len(), 2);
}

#[test]
fn a_forgotten_token_is_asked_for_anew() {
    let server = HttpServer::start([granted("first"), granted("second")]);
    let instance = Instance::start();
    let source = instance.client_credentials(&server.url("/")).unwrap();
    assert_eq!(source.token().unwrap(), "first");
    source.forget();
    assert_eq!(source.token().unwrap(), "second");
    assert_eq!(server.finish().len(), 2);
}

#[test]
fn a_replaced_refresh_token_is_used_and_handed_out() {
    let rotated =
        r#"{"access_token":"a","token_type":"Bearer","expires_in":0,"refresh_token":"refresh-2"}"#;
    let server = HttpServer::start([json(200, rotated), granted("b")]);
    let instance = Instance::start();
    let source = instance.refresh(&server.url("/")).unwrap();
    assert_eq!(source.refresh_token().as_deref(), Some("refresh-1"));
    assert_eq!(source.token().unwrap(), "a");
    assert_eq!(source.refresh_token().as_deref(), Some("refresh-2"));
    assert_eq!(source.token().unwrap(), "b");
    assert_eq!(source.refresh_token().as_deref(), Some("refresh-2"));
    let bodies: Vec<_> = server.finish().into_iter().map(|it| it.body).collect();
    assert_eq!(
        bodies,
        [
            "grant_type=refresh_token&refresh_token=refresh-1&client_id=the-client",
            "grant_type=refresh_token&refresh_token=refresh-2&client_id=the-client",
        ]
    );
}

#[test]
fn a_service_account_signs_its_request() {
    let server = HttpServer::start([granted("t")]);
    let key = include_str!("../../../message/tests/keys/rsa-2048.pem").replace('\n', "\\n");
    let file = format!(
        r#"{{"client_email":"m@p.test","private_key":"{key}","token_uri":"{}"}}"#,
        server.url("/token")
    );
    let instance = Instance::start();
    let source = instance.service_account(&file).unwrap();
    assert_eq!(source.token().unwrap(), "t");
    let requests = server.finish();
    let (grant, assertion) = requests[0].body.split_once("&assertion=").unwrap();
    assert_eq!(
        grant,
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
    );
    // {"alg":"RS256","typ":"JWT"}
    assert!(
        assertion.starts_with("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."),
        "{assertion}"
    );
}

//! A person consents, refuses, or does not come: the test is the authorization server, and the person.

use std::io::{Read, Write};
use std::net::TcpStream;

use servers::http::{HttpAnswer, HttpServer, answer, json};

use crate::login::{Login, Output};

const GRANTED: &str =
    r#"{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r3fresh"}"#;

/// What an issuer says of itself.
fn metadata(issuer: &str, endpoints: &str) -> HttpAnswer {
    json(200, &format!(r#"{{"issuer":"{issuer}",{endpoints}}}"#))
}

/// An authorization server whose endpoints are those of `tokens`.
fn with_issuer(tokens: &HttpServer, endpoints: &[&str], run: impl FnOnce(&str)) {
    let mut fields = vec![format!(r#""token_endpoint":"{}""#, tokens.url("/token"))];
    for name in endpoints {
        fields.push(format!(
            r#""{name}_endpoint":"{}""#,
            tokens.url(&format!("/{name}"))
        ));
    }
    let fields = fields.join(",");
    let server = HttpServer::start_with(|url| vec![answer(404, "", ""), metadata(url, &fields)]);
    run(&server.url(""));
    let paths: Vec<_> = server.finish().into_iter().map(|it| it.head).collect();
    assert!(paths[0].starts_with("GET /.well-known/oauth-authorization-server HTTP/1.1\n"));
    assert!(paths[1].starts_with("GET /.well-known/openid-configuration HTTP/1.1\n"));
}

fn login(issuer: &str) -> Login {
    let arguments = [
        "--provider",
        issuer,
        "--client-id",
        "the-client",
        "--scope",
        "mail",
    ];
    Login::start(&arguments, &[("ENVOI_CLIENT_SECRET", "s3cret-word")])
}

/// What a browser does with a URL. Returns the status line.
fn visit(port: &str, target: &str) -> String {
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    write!(stream, "GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    said.lines().next().unwrap().into()
}

fn parameter<'a>(url: &'a str, name: &str) -> &'a str {
    let (_, rest) = url.split_once(&format!("{name}=")).unwrap();
    rest.split('&').next().unwrap()
}

/// The port of this machine that the browser comes back to.
fn port(url: &str) -> &str {
    let redirect = parameter(url, "redirect_uri");
    let port = redirect.strip_prefix("http%3A%2F%2F127.0.0.1%3A").unwrap();
    port.strip_suffix("%2F").unwrap()
}

fn is_told(output: &Output, tokens_url: &str) {
    assert!(output.succeeded, "{}", output.stderr);
    assert_eq!(
        output.stdout,
        format!(
            "SMTP_OAUTH_TOKEN_URL={tokens_url}\nSMTP_OAUTH_CLIENT_ID=the-client\n\
             SMTP_OAUTH_REFRESH_TOKEN=r3fresh\n"
        )
    );
    assert!(
        output.stderr.contains("SMTP_OAUTH_CLIENT_SECRET"),
        "{}",
        output.stderr
    );
    assert!(!output.stderr.contains("s3cret-word"), "{}", output.stderr);
    assert!(!output.stderr.contains("r3fresh"), "{}", output.stderr);
}

#[test]
fn a_browser_comes_back_with_a_code() {
    let tokens = HttpServer::start([json(200, GRANTED)]);
    with_issuer(&tokens, &["authorization"], |issuer| {
        let login = login(issuer);
        let url = format!("http://{}", login.hear("http://"));
        let (state, port) = (parameter(&url, "state"), port(&url));
        // A connection that is opened in advance, an icon, and a page that guesses.
        let unused = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        drop(unused);
        assert_eq!(visit(port, "/favicon.ico"), "HTTP/1.1 404 Not Found");
        assert_eq!(
            visit(port, "/?code=c&state=guess"),
            "HTTP/1.1 404 Not Found"
        );
        assert_eq!(
            visit(port, &format!("/?code=c0de&state={state}")),
            "HTTP/1.1 200 OK"
        );
        is_told(&login.finish(), &tokens.url("/token"));
    });
    let requests = tokens.finish();
    assert!(requests[0].head.starts_with("POST /token "));
    assert!(
        requests[0]
            .body
            .starts_with("grant_type=authorization_code&code=c0de&")
    );
    assert!(requests[0].body.contains("&code_verifier="));
}

#[test]
fn a_refusal_in_the_browser_ends_it() {
    let tokens = HttpServer::start([]);
    with_issuer(&tokens, &["authorization"], |issuer| {
        let login = login(issuer);
        let url = format!("http://{}", login.hear("http://"));
        let target = format!("/?error=access_denied&state={}", parameter(&url, "state"));
        assert_eq!(visit(port(&url), &target), "HTTP/1.1 200 OK");
        let output = login.finish();
        assert!(!output.succeeded);
        assert_eq!(output.stdout, "");
        assert!(
            output.stderr.contains("consent was refused"),
            "{}",
            output.stderr
        );
    });
}

#[test]
fn a_code_is_typed_on_another_device() {
    let begun = r#"{"device_code":"d","user_code":"AB-CD","verification_uri":"https://login.test/go\u001b[2J",
        "expires_in":900,"interval":1}"#;
    let pending = r#"{"error":"authorization_pending"}"#;
    let tokens = HttpServer::start([json(200, begun), json(400, pending), json(200, GRANTED)]);
    with_issuer(
        &tokens,
        &["authorization", "device_authorization"],
        |issuer| {
            let login = login(issuer);
            assert_eq!(login.hear("    https://"), "login.test/go\u{fffd}[2J");
            assert_eq!(login.hear("    AB"), "-CD");
            is_told(&login.finish(), &tokens.url("/token"));
        },
    );
    let bodies: Vec<_> = tokens.finish().into_iter().map(|it| it.body).collect();
    assert_eq!(
        bodies[0],
        "client_id=the-client&client_secret=s3cret-word&scope=mail"
    );
    assert!(bodies[1].contains("&device_code=d&"));
    assert_eq!(bodies[1], bodies[2]);
}

#[test]
fn help_and_mistakes_are_told() {
    let output = Login::start(&["--help"], &[]).finish();
    assert!(output.succeeded);
    assert!(
        output
            .stdout
            .starts_with("envoi-login lets a person consent")
    );
    let output = Login::start(&["--provider", "google"], &[]).finish();
    assert!(!output.succeeded);
    assert_eq!(
        output.stderr,
        "envoi-login: --client-id is missing: the one of the registration\n"
    );
}

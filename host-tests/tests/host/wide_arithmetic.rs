//! The component for hosts with wide arithmetic: its compiler generates other code, which TLS uses.

use host_tests::{Error, Grants, Host, TlsFailure, component_path, wide_component_path};
use servers::authority::{Authority, Key};
use servers::scripted::Server;

use crate::imports::names;
use crate::support::*;
use crate::tls::{LOOPBACK, asked, secured, starttls};

#[test]
fn it_has_the_imports_and_exports_of_the_portable_component() {
    assert_eq!(names(&wide_component_path()), names(&component_path()));
}

#[test]
fn messages_of_every_length_arrive_whole_inside_tls() {
    let authority = Authority::new();
    let lengths = (0..600).step_by(7).chain([5_000_000]);
    let messages: Vec<Vec<u8>> = lengths.map(of_length).collect();
    let script = secured(&authority.issue(LOOPBACK));
    let script = messages
        .iter()
        .fold(script, |script, _| script.followed_by(message()));
    let server = Server::start([script]);
    let instance = Host::wide().instance(Grants::all());
    let mailer = starttls(&instance, &server, &authority);
    for message in &messages {
        mailer.send(&to_b(), message).unwrap();
    }
    assert!(server.finish().only().messages() == messages);
}

#[test]
fn signatures_of_each_curve_are_verified() {
    for key in [Key::P256, Key::P384, Key::Ed25519] {
        let authority = Authority::new();
        let identity = authority.intermediate().issue_with_key(LOOPBACK, key);
        let server = Server::start([secured(&identity).followed_by(message())]);
        let instance = Host::wide().instance(Grants::all());
        expect_delivery(&starttls(&instance, &server, &authority));
        server.finish();
    }
}

#[test]
fn a_certificate_of_an_unknown_issuer_is_refused() {
    let identity = Authority::new().issue(LOOPBACK);
    let server = Server::start([asked().expect_tls_refusal(&identity).expect_close()]);
    let instance = Host::wide().instance(Grants::all());
    let mailer = starttls(&instance, &server, &Authority::new());
    let error = mailer.send(&to_b(), MESSAGE).unwrap_err();
    let unknown = TlsFailure::CertificateUnknownIssuer;
    assert!(
        matches!(error, Error::TlsFailed((failure, _)) if failure == unknown),
        "{error:?}"
    );
    server.finish();
}

/// Lines with this many octets, or one less, because a single CR becomes CRLF.
fn of_length(length: usize) -> Vec<u8> {
    let line = b"all work and no play makes it a dull message\r\n";
    let mut message: Vec<u8> = line.iter().copied().cycle().take(length).collect();
    message.pop_if(|last| *last == b'\r');
    message.extend(b"\r\n");
    message
}

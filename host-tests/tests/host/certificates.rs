//! Whom the component trusts.

use std::sync::Arc;

use host_tests::{Error, Roots, Security, TlsFailure};
use rustls::ServerConfig;
use servers::authority::{Authority, Identity, Key};
use servers::scripted::{Server, Session};

use crate::support::*;
use crate::tls::{LOOPBACK, asked, hello_inside, secured, starttls, tls_failure_of};

// Conformance: 43
#[test]
fn every_version_and_kind_of_key_is_spoken() {
    let authority = Authority::new();
    let issued = |key| authority.issue_with_key(LOOPBACK, key);
    let mut configs: Vec<Arc<ServerConfig>> = Vec::new();
    for key in [Key::P256, Key::P384, Key::Ed25519] {
        configs.push(issued(key).server_config_tls12());
        configs.push(issued(key).server_config_tls13());
    }
    configs.push(
        authority
            .intermediate()
            .intermediate()
            .issue(LOOPBACK)
            .server_config(),
    );
    let scripts: Vec<Session> = configs
        .into_iter()
        .map(|config| asked().start_tls_with(config).followed_by(hello_inside()))
        .map(|script| script.followed_by(message()).followed_by(quit()))
        .collect();
    let count = scripts.len();
    let server = Server::start(scripts);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    for _ in 0..count {
        delivers(&mailer);
        mailer.close();
    }
    server.finish();
}

// Conformance: 42, 43
#[test]
fn a_certificate_that_is_not_the_servers_is_refused() {
    let refused = |identity: Identity| asked().tls_refused(&identity).closed();
    let of_another_name = tls_failure_of(|authority| refused(authority.issue(&["mail.test"])));
    assert_eq!(of_another_name, TlsFailure::CertificateWrongName);

    let of_another_authority = tls_failure_of(|_| refused(Authority::new().issue(LOOPBACK)));
    assert_eq!(of_another_authority, TlsFailure::CertificateUnknownIssuer);

    let of_the_past = tls_failure_of(|authority| refused(authority.issue_expired(LOOPBACK)));
    assert_eq!(of_the_past, TlsFailure::CertificateExpired);

    let of_the_future =
        tls_failure_of(|authority| refused(authority.issue_not_yet_valid(LOOPBACK)));
    assert_eq!(of_the_future, TlsFailure::CertificateNotYetValid);
}

// Conformance: 42, 43
#[test]
fn an_authority_that_was_not_added_is_not_trusted() {
    let authority = Authority::new();
    let identity = authority.issue(LOOPBACK);
    let refused = asked().tls_refused(&identity).closed();
    let server = Server::start([refused, secured(&identity).followed_by(message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_security(Security::Starttls);
    let error = mailer.send(&to_b(), MESSAGE).unwrap_err();
    let unknown = TlsFailure::CertificateUnknownIssuer;
    assert!(
        matches!(&error, Error::TlsFailed((failure, _)) if *failure == unknown),
        "{error:?}"
    );
    mailer.set_roots(Roots::AddedOnly);
    mailer.add_trust_anchors(authority.der()).unwrap();
    delivers(&mailer);
    server.finish();
}

#[test]
fn the_name_that_the_certificate_must_bear_can_be_set() {
    let authority = Authority::new();
    let identity = authority.issue(&["mail.test"]);
    for name in ["mail.test", "mail.test."] {
        let server = Server::start([secured(&identity).followed_by(message())]);
        let instance = instance();
        let mailer = starttls(&instance, &server, &authority);
        mailer.set_server_name(name).unwrap();
        delivers(&mailer);
        server.finish();
    }
}

#[test]
fn opportunistic_tls_does_not_take_any_certificate() {
    let authority = Authority::new();
    let server = Server::start([
        asked()
            .tls_refused(&Authority::new().issue(LOOPBACK))
            .closed(),
        secured(&authority.issue(LOOPBACK)).followed_by(message()),
    ]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    mailer.set_security(Security::Opportunistic);
    let error = mailer.send(&to_b(), MESSAGE).unwrap_err();
    assert!(matches!(error, Error::TlsFailed(_)), "{error:?}");
    delivers(&mailer);
    server.finish();
}

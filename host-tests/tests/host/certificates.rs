//! Which certificates the component trusts.

use std::sync::Arc;

use host_tests::{Error, Security, TlsFailure};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, SupportedProtocolVersion};
use servers::authority::{Authority, Identity, Key};
use servers::scripted::{Script, Server};

use crate::support::*;
use crate::tls::{LOOPBACK, asked, hello_inside, secured, starttls, tls_failure_of};

// Conformance: 43
#[test]
fn every_tls_version_and_kind_of_key_works() {
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
    let scripts: Vec<Script> = configs
        .into_iter()
        .map(|config| asked().start_tls_with(config).followed_by(hello_inside()))
        .map(|script| script.followed_by(message()).followed_by(quit()))
        .collect();
    let count = scripts.len();
    let server = Server::start(scripts);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    for _ in 0..count {
        expect_delivery(&mailer);
        mailer.close();
    }
    server.finish();
}

// Conformance: 42, 43
#[test]
fn a_certificate_that_is_not_the_servers_is_refused() {
    let refused = |identity: Identity| asked().expect_tls_refusal(&identity).expect_close();
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
    let refused = asked().expect_tls_refusal(&identity).expect_close();
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
    mailer.set_bundled_roots(false);
    mailer.add_trust_anchors(authority.der()).unwrap();
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn the_name_in_the_certificate_can_be_set() {
    let authority = Authority::new();
    let identity = authority.issue(&["mail.test"]);
    for name in ["mail.test", "mail.test."] {
        let server = Server::start([secured(&identity).followed_by(message())]);
        let instance = instance();
        let mailer = starttls(&instance, &server, &authority);
        mailer.set_server_name(name).unwrap();
        expect_delivery(&mailer);
        server.finish();
    }
}

/// Self-signed certificates: one as `openssl req -x509` makes it, and one of version 1. Both are for
/// mail.example.org and valid until 2059.
const OWN: [&str; 2] = [
    include_str!("../../../tests/tls/own-ca-true.pem"),
    include_str!("../../../tests/tls/own-version-1.pem"),
];
const OWN_KEY: &str = include_str!("../../../tests/tls/own-key.pem");

/// A server with one of these certificates. A resolver of our own keeps rustls from parsing it, because
/// rustls refuses version 1.
fn self_signed(certificate: &str, version: &'static SupportedProtocolVersion) -> Arc<ServerConfig> {
    let provider = ring::default_provider();
    let key = PrivateKeyDer::from_pem_slice(OWN_KEY.as_bytes()).unwrap();
    let key = provider.key_provider.load_private_key(key).unwrap();
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(CertifiedKey::new(
            chain, key,
        ))));
    Arc::new(config)
}

#[track_caller]
fn expect_trusted_once_added(certificate: &str, version: &'static SupportedProtocolVersion) {
    let config = self_signed(certificate, version);
    let refused = || {
        asked()
            .expect_tls_refusal_with(config.clone())
            .expect_close()
    };
    let good = asked().start_tls_with(config.clone());
    let good = good.followed_by(hello_inside()).followed_by(message());
    let server = Server::start([refused(), refused(), good]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_security(Security::Starttls);
    let failure = || match mailer.send(&to_b(), MESSAGE) {
        Err(Error::TlsFailed((failure, _))) => failure,
        other => panic!("{other:?}"),
    };
    mailer.set_server_name("mail.example.org").unwrap();
    assert_eq!(failure(), TlsFailure::CertificateInvalid);
    mailer.add_trust_anchors(certificate.as_bytes()).unwrap();
    mailer.set_server_name("mail.example.com").unwrap();
    assert_eq!(failure(), TlsFailure::CertificateWrongName);
    mailer.set_server_name("mail.example.org").unwrap();
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 43
#[test]
fn the_servers_own_certificate_is_trusted_once_it_is_added() {
    for certificate in OWN {
        for version in [&TLS12, &TLS13] {
            expect_trusted_once_added(certificate, version);
        }
    }
}

#[test]
fn opportunistic_tls_does_not_accept_any_certificate() {
    let authority = Authority::new();
    let server = Server::start([
        asked()
            .expect_tls_refusal(&Authority::new().issue(LOOPBACK))
            .expect_close(),
        secured(&authority.issue(LOOPBACK)).followed_by(message()),
    ]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    mailer.set_security(Security::Opportunistic);
    let error = mailer.send(&to_b(), MESSAGE).unwrap_err();
    assert!(matches!(error, Error::TlsFailed(_)), "{error:?}");
    expect_delivery(&mailer);
    server.finish();
}

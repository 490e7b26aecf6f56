//! The caller's requirements for TLS, and its own certificate: pinned keys, a minimum version, a client
//! certificate.

use host_tests::{Credentials, Error, TlsFailure, TlsVersion};
use servers::authority::{Authority, Identity};
use servers::scripted::{Script, Server};
use sha2::{Digest, Sha256};

use crate::support::*;
use crate::tls::{LOOPBACK, asked, secured, starttls};

fn pin(identity: &Identity) -> Vec<u8> {
    Sha256::digest(identity.public_key_der()).to_vec()
}

#[track_caller]
fn failure(result: Result<impl std::fmt::Debug, Error>) -> (TlsFailure, String) {
    match result {
        Err(Error::TlsFailed(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

/// The script up to the mechanisms offered inside TLS. The server requires a client certificate.
fn mutual(authority: &Authority) -> Script {
    let config = authority
        .issue(LOOPBACK)
        .server_config_for_clients_of(authority);
    asked()
        .start_tls_with(config)
        .expect("EHLO [127.0.0.1]")
        .say(&ehlo(&["AUTH EXTERNAL"]))
}

#[test]
fn external_authenticates_by_the_clients_certificate() {
    let authority = Authority::new();
    let script = mutual(&authority)
        .expect("AUTH EXTERNAL =")
        .say("235 2.7.0 Ok")
        .followed_by(message());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    let client = authority.issue_client("client@mail.test");
    let (chain, key) = (client.chain_pem(), client.key_pem());
    mailer
        .set_client_certificate(chain.as_bytes(), key.as_bytes())
        .unwrap();
    mailer.set_credentials(Some(Credentials::External(None)));
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn a_missing_client_certificate_is_a_tls_failure() {
    let authority = Authority::new();
    let identity = authority.issue(LOOPBACK);
    let config = identity.server_config_for_clients_of(&authority);
    let server = Server::start([asked().expect_tls_refusal_with(config).expect_close()]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    let (failure, why) = failure(mailer.send(&to_b(), MESSAGE));
    assert_eq!(failure, TlsFailure::HandshakeFailed);
    assert!(why.contains("set-client-certificate"), "{why}");
    server.finish();
}

#[test]
fn a_client_certificate_can_be_removed() {
    let authority = Authority::new();
    let server = Server::start([secured(&authority.issue(LOOPBACK)).followed_by(message())]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    let client = authority.issue_client("client@mail.test");
    let (chain, key) = (client.chain_pem(), client.key_pem());
    let other = authority.issue_client("client@mail.test").key_pem();
    let error = mailer.set_client_certificate(chain.as_bytes(), other.as_bytes());
    assert!(
        matches!(&error, Err(Error::InvalidArgument(why)) if why.contains("does not belong to")),
        "{error:?}"
    );
    mailer
        .set_client_certificate(chain.as_bytes(), key.as_bytes())
        .unwrap();
    mailer.set_client_certificate(b"", b"").unwrap();
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn a_server_whose_key_is_not_pinned_gets_no_message() {
    let authority = Authority::new();
    let (pinned, other) = (authority.issue(LOOPBACK), authority.issue(LOOPBACK));
    let server = Server::start([
        asked().expect_tls_refusal(&other).expect_close(),
        secured(&pinned).followed_by(message()).followed_by(quit()),
        secured(&other).followed_by(message()),
    ]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    mailer.set_pinned_keys(&[pin(&pinned)]).unwrap();
    let (failure, why) = failure(mailer.send(&to_b(), MESSAGE));
    assert_eq!(failure, TlsFailure::CertificateNotPinned);
    assert!(why.contains("set-pinned-keys"), "{why}");
    expect_delivery(&mailer);
    mailer.close();
    mailer.set_pinned_keys(&[]).unwrap();
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn a_pin_has_to_be_a_whole_digest() {
    let server = Server::start([]);
    let instance = instance();
    let error = plain(&instance, &server).set_pinned_keys(&[vec![1; 31]]);
    assert!(
        matches!(&error, Err(Error::InvalidArgument(why)) if why.contains("has 31 octets")),
        "{error:?}"
    );
    server.finish();
}

#[test]
fn a_server_below_the_minimum_tls_version_gets_no_message() {
    let authority = Authority::new();
    let identity = authority.issue(LOOPBACK);
    let old = identity.server_config_tls12();
    let server = Server::start([
        asked().expect_tls_refusal_with(old.clone()).expect_close(),
        asked()
            .start_tls_with(old)
            .followed_by(crate::tls::hello_inside())
            .followed_by(message()),
    ]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    mailer.set_minimum_tls(TlsVersion::Tls13);
    let (failure, _) = failure(mailer.send(&to_b(), MESSAGE));
    assert_eq!(failure, TlsFailure::Incompatible);
    mailer.set_minimum_tls(TlsVersion::Tls12);
    expect_delivery(&mailer);
    server.finish();
}

//! Without randomness from the platform there is no TLS.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use envoi::tls::{Error, Identity, NoRandomness, Platform, Policy, ServerName, Settings, Tls};
use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;

use crate::peer::{AUTHORITY, NAME, Pair, TestPlatform, key, params};

thread_local! {
    /// How many calls still succeed.
    static LEFT: Cell<usize> = const { Cell::new(0) };
}

#[derive(Debug)]
struct Draining;

impl Platform for Draining {
    fn random(buffer: &mut [u8]) -> Result<(), NoRandomness> {
        let left = LEFT.get();
        LEFT.set(left.saturating_sub(1));
        if left == 0 {
            return Err(NoRandomness);
        }
        TestPlatform::random(buffer)
    }

    fn unix_time() -> Duration {
        TestPlatform::unix_time()
    }
}

/// How often a ClientHello asks for randomness.
fn calls(settings: &Settings) -> usize {
    const MANY: usize = 1000;
    LEFT.set(MANY);
    Tls::new(settings, &ServerName::parse(NAME).unwrap()).unwrap();
    MANY - LEFT.get()
}

#[test]
fn a_failed_call_is_named_and_no_key_is_made() {
    let settings = Settings::new::<Draining>(&AUTHORITY.trust().into()).unwrap();
    let needed = calls(&settings);
    assert!(needed >= 3, "{needed}");
    for left in 0..needed {
        LEFT.set(left);
        let hello = Tls::new(&settings, &ServerName::parse(NAME).unwrap());
        let error = hello.err().expect("it lacks randomness");
        assert_eq!(error, Error::NoRandomness, "{left}");
        assert!(error.to_string().contains("the host gave no randomness"));
    }
}

#[test]
fn an_rsa_key_does_not_sign_without_randomness() {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(AUTHORITY.issuer().der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .unwrap();
    let server = AUTHORITY.issue_for(NAME);
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(rustls::ALL_VERSIONS)
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(server.0, PrivateKeyDer::Pkcs8(server.1.into()))
        .unwrap();
    let config = Arc::new(config);
    let key = key(&rcgen::PKCS_RSA_SHA256);
    let mut params = params("client.example");
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let chain = params.signed_by(&key, AUTHORITY.issuer()).unwrap().pem();
    let identity = Identity::new::<Draining>(chain.as_bytes(), key.serialize_pem().as_bytes());
    let policy = Policy {
        identity: Some(identity.unwrap()),
        ..AUTHORITY.trust().into()
    };
    let settings = Settings::new::<Draining>(&policy).unwrap();
    // Enough for the ClientHello, not for the signature.
    LEFT.set(calls(&settings));
    let error = Pair::new(&settings, &config).exchange().unwrap_err();
    assert_eq!(error, Error::NoRandomness);
}

//! The client certificate.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use envoi::tls::{Identity, Policy, Settings};
use rcgen::{ExtendedKeyUsagePurpose, KeyPair, SignatureAlgorithm};
use rsa::pkcs8::PrivateKeyInfoRef;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

use crate::peer::{AUTHORITY, NAME, Pair, TestPlatform, key, params};

const KINDS: [&SignatureAlgorithm; 4] = [
    &rcgen::PKCS_ECDSA_P256_SHA256,
    &rcgen::PKCS_ECDSA_P384_SHA384,
    &rcgen::PKCS_ED25519,
    &rcgen::PKCS_RSA_SHA256,
];

/// A client certificate in PEM, and its key.
fn issued(kind: &'static SignatureAlgorithm) -> (String, KeyPair) {
    let key = key(kind);
    let mut params = params("client.example");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    (
        params.signed_by(&key, AUTHORITY.issuer()).unwrap().pem(),
        key,
    )
}

fn decoded(pem: &str) -> Vec<u8> {
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes());
    certificate.unwrap().to_vec()
}

fn identity(chain: &str, key: &[u8]) -> Result<Identity, String> {
    Identity::new::<TestPlatform>(chain.as_bytes(), key)
}

fn showing(identity: Option<Identity>) -> Settings {
    let policy = Policy {
        identity,
        ..AUTHORITY.trust().into()
    };
    Settings::new::<TestPlatform>(&policy).unwrap()
}

/// A server that requires a client certificate.
fn demanding(versions: &[&'static SupportedProtocolVersion]) -> Arc<ServerConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(AUTHORITY.issuer().der().clone()).unwrap();
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .unwrap();
    let server = AUTHORITY.issue_for(NAME);
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(server.0, PrivateKeyDer::Pkcs8(server.1.into()))
        .unwrap();
    Arc::new(config)
}

fn refusal(identity: Option<Identity>, version: &'static SupportedProtocolVersion) -> String {
    let mut pair = Pair::new(&showing(identity), &demanding(&[version]));
    pair.exchange().unwrap_err().to_string()
}

#[test]
fn every_kind_of_key_signs_in_every_version() {
    for kind in KINDS {
        for version in [&TLS12, &TLS13] {
            let (chain, key) = issued(kind);
            let identity = identity(&chain, key.serialize_pem().as_bytes()).unwrap();
            let mut pair = Pair::new(&showing(Some(identity)), &demanding(&[version]));
            pair.exchange().unwrap();
            pair.talk();
            let shown = pair.server.peer_certificates().unwrap();
            assert_eq!(shown[0].as_ref(), decoded(&chain), "{kind:?} {version:?}");
        }
    }
}

#[test]
fn keys_come_in_every_form() {
    for kind in KINDS {
        let (chain, key) = issued(kind);
        let pkcs8 = key.serialize_der();
        identity(&chain, &pkcs8).unwrap();
        // PKCS #8 contains SEC 1 (RFC 5915) for ECDSA, PKCS #1 for RSA.
        let inside = PrivateKeyInfoRef::try_from(pkcs8.as_slice()).unwrap();
        let inside = identity(&chain, inside.private_key.as_bytes());
        assert_eq!(inside.is_ok(), kind != &rcgen::PKCS_ED25519);
        Identity::new::<TestPlatform>(&decoded(&chain), &pkcs8).unwrap();
    }
}

#[test]
fn a_server_that_requires_a_certificate_is_named_as_the_reason() {
    let wanted = "set one with set-client-certificate";
    let message = refusal(None, &TLS13);
    assert!(message.contains(wanted), "{message}");
    // TLS 1.2 has no special alert for it.
    let message = refusal(None, &TLS12);
    assert!(message.contains("wants a client certificate"), "{message}");
}

#[test]
fn a_certificate_that_the_server_refuses_is_named_as_the_reason() {
    for version in [&TLS12, &TLS13] {
        let key = key(&rcgen::PKCS_ED25519);
        let mut params = params("client.example");
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
        let chain = params.signed_by(&key, AUTHORITY.issuer()).unwrap().pem();
        let identity = identity(&chain, key.serialize_pem().as_bytes()).unwrap();
        let message = refusal(Some(identity), version);
        assert!(
            message.contains("does not accept this client's"),
            "{message}"
        );
    }
}

#[test]
fn a_server_that_asks_for_none_gets_none() {
    let (chain, key) = issued(&rcgen::PKCS_ED25519);
    let identity = identity(&chain, key.serialize_pem().as_bytes()).unwrap();
    let config = Arc::new(AUTHORITY.issue_for(NAME).config());
    let mut pair = Pair::new(&showing(Some(identity)), &config);
    pair.exchange().unwrap();
    pair.talk();
    assert_eq!(pair.server.peer_certificates(), None);
}

#[test]
fn the_error_says_what_is_wrong_with_a_certificate_or_key() {
    let (chain, key) = issued(&rcgen::PKCS_ECDSA_P256_SHA256);
    let (_, other) = issued(&rcgen::PKCS_ECDSA_P256_SHA256);
    let p521 = include_str!("p521.pem");
    let rsa_1024 = include_str!("rsa-1024.pem");
    let encrypted = include_str!("encrypted.pem");
    let pem = key.serialize_pem();
    for (chain, key, why) in [
        (
            chain.as_str(),
            other.serialize_pem().as_str(),
            "does not belong to the first certificate",
        ),
        (&chain, encrypted, "encrypted: decrypt it first"),
        (&chain, p521, "not ECDSA over P-256 or P-384"),
        (&chain, rsa_1024, "RSA of 2048 to 8192 bits"),
        (&chain, "", "neither PKCS #8"),
        (&chain, "0", "neither PKCS #8"),
        (&chain, &chain, "neither PKCS #8"),
        (&chain, &" ".repeat(65537), "longer than 64 KiB"),
        ("", &pem, "neither a certificate in DER"),
        (&pem, &pem, "neither a certificate in DER"),
        ("0", &pem, "certificate cannot be used"),
        (&chain.repeat(17), &pem, "more than 16"),
    ] {
        let error = identity(chain, key.as_bytes()).unwrap_err();
        assert!(error.contains(why), "{why}: {error}");
    }
}

#[test]
fn an_encrypted_key_in_der_is_named_as_such() {
    let (chain, _) = issued(&rcgen::PKCS_ED25519);
    let base64: String = include_str!("encrypted.pem")
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let der = STANDARD.decode(base64).unwrap();
    let error = identity(&chain, &der).unwrap_err();
    assert!(error.contains("encrypted: decrypt it first"), "{error}");
}

#[test]
fn the_key_is_in_no_debug_output() {
    let (chain, key) = issued(&rcgen::PKCS_ED25519);
    let identity = identity(&chain, key.serialize_pem().as_bytes()).unwrap();
    assert_eq!(format!("{identity:?}"), "Identity { .. }");
}

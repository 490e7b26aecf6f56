//! Every version, suite, group and kind of key, at once and octet by octet.

use std::sync::Arc;

use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256};
use rustls::crypto::ring::{self, cipher_suite, kx_group};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{
    NamedGroup, ServerConfig, SignatureAlgorithm, SignatureScheme, SupportedCipherSuite,
    SupportedProtocolVersion,
};

use crate::peer::{AUTHORITY, Authority, Identity, NAME, Pair, key, params};

pub(crate) const SUITES_13: [SupportedCipherSuite; 3] = [
    cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
    cipher_suite::TLS13_AES_128_GCM_SHA256,
    cipher_suite::TLS13_AES_256_GCM_SHA384,
];
const ECDSA_12: [SupportedCipherSuite; 3] = [
    cipher_suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
];
const RSA_12: [SupportedCipherSuite; 3] = [
    cipher_suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
];

pub(crate) fn provider(
    suites: &[SupportedCipherSuite],
    group: &'static dyn SupportedKxGroup,
) -> CryptoProvider {
    CryptoProvider {
        cipher_suites: suites.to_vec(),
        kx_groups: vec![group],
        ..ring::default_provider()
    }
}

/// The authority's key is of the same kind.
fn shakes_hands(
    algorithm: &'static rcgen::SignatureAlgorithm,
    version: &'static SupportedProtocolVersion,
    suites: [SupportedCipherSuite; 3],
) {
    let authority = Authority::new(algorithm);
    for suite in suites {
        for group in [kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1] {
            for step in [usize::MAX, 1] {
                let identity = authority.issue(&params(NAME), key(algorithm));
                let config = Arc::new(identity.config_with(provider(&[suite], group), &[version]));
                let mut pair = Pair::new(&authority.settings(), &config);
                pair.step = step;
                pair.exchange().unwrap();
                pair.talk();
                assert_eq!(pair.server.negotiated_cipher_suite().unwrap(), suite);
                assert_eq!(pair.server.protocol_version(), Some(version.version));
                let negotiated = pair.server.negotiated_key_exchange_group().unwrap();
                assert_eq!(negotiated.name(), group.name());
            }
        }
    }
}

#[test]
fn tls13_with_ecdsa_p256() {
    shakes_hands(&PKCS_ECDSA_P256_SHA256, &TLS13, SUITES_13);
}

#[test]
fn tls13_with_ecdsa_p384() {
    shakes_hands(&PKCS_ECDSA_P384_SHA384, &TLS13, SUITES_13);
}

#[test]
fn tls13_with_ed25519() {
    shakes_hands(&PKCS_ED25519, &TLS13, SUITES_13);
}

#[test]
fn tls13_with_rsa() {
    shakes_hands(&PKCS_RSA_SHA256, &TLS13, SUITES_13);
}

#[test]
fn tls12_with_ecdsa_p256() {
    shakes_hands(&PKCS_ECDSA_P256_SHA256, &TLS12, ECDSA_12);
}

#[test]
fn tls12_with_ecdsa_p384() {
    shakes_hands(&PKCS_ECDSA_P384_SHA384, &TLS12, ECDSA_12);
}

#[test]
fn tls12_with_ed25519() {
    shakes_hands(&PKCS_ED25519, &TLS12, ECDSA_12);
}

#[test]
fn tls12_with_rsa() {
    shakes_hands(&PKCS_RSA_SHA256, &TLS12, RSA_12);
}

#[test]
fn chacha20_over_x25519_is_preferred() {
    let mut provider = ring::default_provider();
    provider.kx_groups = vec![kx_group::X25519, kx_group::SECP256R1];
    let mut config = AUTHORITY
        .issue_for(NAME)
        .config_with(provider, rustls::ALL_VERSIONS);
    config.ignore_client_order = false;
    let mut pair = Pair::new(&AUTHORITY.settings(), &Arc::new(config));
    pair.exchange().unwrap();
    assert_eq!(
        pair.server.negotiated_cipher_suite(),
        Some(cipher_suite::TLS13_CHACHA20_POLY1305_SHA256)
    );
    assert_eq!(
        pair.server.negotiated_key_exchange_group().unwrap().name(),
        NamedGroup::X25519
    );
}

#[test]
fn a_flight_may_arrive_in_small_records() {
    for version in [&TLS13, &TLS12] {
        for step in [1, 7, 1000, usize::MAX] {
            let identity = AUTHORITY.issue_for(NAME);
            let mut config = identity.config_with(ring::default_provider(), &[version]);
            config.max_fragment_size = Some(40);
            let mut pair = Pair::new(&AUTHORITY.settings(), &Arc::new(config));
            pair.step = step;
            pair.exchange().unwrap();
            pair.talk();
        }
    }
}

#[test]
fn the_first_command_leaves_with_the_finished() {
    let mut pair = Pair::new(
        &AUTHORITY.settings(),
        &Arc::new(AUTHORITY.issue_for(NAME).config()),
    );
    let hello = std::mem::take(pair.client.outgoing());
    pair.deliver(&hello);
    let flight = pair.sent();
    pair.client.receive(&flight).unwrap();
    assert!(!pair.client.is_handshaking());
    pair.client.send(b"EHLO client.example\r\n").unwrap();
    let one_write = std::mem::take(pair.client.outgoing());
    pair.deliver(&one_write);
    assert_eq!(pair.received(), b"EHLO client.example\r\n");
}

/// A key that signs with one scheme only.
#[derive(Debug)]
struct OneScheme(Arc<dyn SigningKey>, SignatureScheme);

impl SigningKey for OneScheme {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered
            .contains(&self.1)
            .then(|| self.0.choose_scheme(&[self.1]))?
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm()
    }
}

#[test]
fn every_signature_scheme_is_verified() {
    let ecdsa_and_eddsa = [
        (
            &PKCS_ECDSA_P256_SHA256,
            SignatureScheme::ECDSA_NISTP256_SHA256,
        ),
        (
            &PKCS_ECDSA_P384_SHA384,
            SignatureScheme::ECDSA_NISTP384_SHA384,
        ),
        (&PKCS_ED25519, SignatureScheme::ED25519),
    ];
    let pss = [
        (&PKCS_RSA_SHA256, SignatureScheme::RSA_PSS_SHA256),
        (&PKCS_RSA_SHA256, SignatureScheme::RSA_PSS_SHA384),
        (&PKCS_RSA_SHA256, SignatureScheme::RSA_PSS_SHA512),
    ];
    let pkcs1 = [
        (&PKCS_RSA_SHA256, SignatureScheme::RSA_PKCS1_SHA256),
        (&PKCS_RSA_SHA256, SignatureScheme::RSA_PKCS1_SHA384),
        (&PKCS_RSA_SHA256, SignatureScheme::RSA_PKCS1_SHA512),
    ];
    for (algorithm, scheme) in [ecdsa_and_eddsa, pss].concat() {
        signs(&TLS13, algorithm, scheme);
    }
    // TLS 1.3 has no PKCS #1 v1.5 in handshakes (RFC 8446, section 4.2.3).
    for (algorithm, scheme) in [ecdsa_and_eddsa, pss, pkcs1].concat() {
        signs(&TLS12, algorithm, scheme);
    }
}

fn signs(
    version: &'static SupportedProtocolVersion,
    algorithm: &'static rcgen::SignatureAlgorithm,
    scheme: SignatureScheme,
) {
    let Identity(chain, key) = AUTHORITY.issue(&params(NAME), key(algorithm));
    let key = ring::sign::any_supported_type(&PrivateKeyDer::Pkcs8(key.into())).unwrap();
    let certified = CertifiedKey::new(chain, Arc::new(OneScheme(key, scheme)));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    let mut pair = Pair::new(&AUTHORITY.settings(), &Arc::new(config));
    pair.exchange()
        .unwrap_or_else(|error| panic!("{scheme:?}: {error}"));
    pair.talk();
}

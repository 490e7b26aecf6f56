//! Channel bindings: the same at both ends.

use std::sync::Arc;

use rcgen::{
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256, PKCS_RSA_SHA512,
    SignatureAlgorithm,
};
use rustls::HandshakeKind::{Full, Resumed};
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::{self, cipher_suite};
use rustls::version::{TLS12, TLS13};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::peer::{AUTHORITY, Authority, NAME, Pair, key, params};

/// What the other implementation exports.
fn exported(pair: &Pair) -> Vec<u8> {
    let label = b"EXPORTER-Channel-Binding";
    pair.server
        .export_keying_material([0; 32], label, Some(b""))
        .unwrap()
        .to_vec()
}

// Conformance: 51
#[test]
fn tls_13_exports_what_the_server_exports() {
    for suite in [
        cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
        cipher_suite::TLS13_AES_128_GCM_SHA256,
        cipher_suite::TLS13_AES_256_GCM_SHA384,
    ] {
        let provider = CryptoProvider {
            cipher_suites: vec![suite],
            ..ring::default_provider()
        };
        let config = Arc::new(AUTHORITY.issue_for(NAME).config_with(provider, &[&TLS13]));
        let settings = AUTHORITY.settings();
        let mut seen = Vec::new();
        for kind in [Full, Resumed] {
            let mut pair = Pair::new(&settings, &config);
            assert_eq!(pair.client.channel_binding(), None);
            pair.exchange().unwrap();
            pair.talk();
            assert_eq!(pair.server.handshake_kind(), Some(kind));
            let binding = pair.client.channel_binding().unwrap();
            assert_eq!(binding.name, "tls-exporter");
            assert_eq!(binding.data, exported(&pair), "{suite:?}");
            seen.push(binding);
        }
        assert_ne!(seen[0], seen[1]);
    }
}

#[test]
fn connections_side_by_side_have_bindings_of_their_own() {
    let settings = AUTHORITY.settings();
    let config = Arc::new(AUTHORITY.issue_for(NAME).config());
    let mut pairs = [(); 2].map(|()| Pair::new(&settings, &config));
    for pair in &mut pairs {
        pair.exchange().unwrap();
    }
    for pair in &pairs {
        let binding = pair.client.channel_binding().unwrap();
        assert_eq!(binding.data, exported(pair));
    }
}

/// Of TLS 1.2, and a certificate that is signed like this.
fn end_point(algorithm: &'static SignatureAlgorithm, hash: fn(&[u8]) -> Vec<u8>) {
    let authority = Authority::new(algorithm);
    let identity = authority.issue(&params(NAME), key(&PKCS_ECDSA_P256_SHA256));
    let expected = hash(&identity.0[0]);
    let config = Arc::new(identity.config_with(ring::default_provider(), &[&TLS12]));
    let settings = authority.settings();
    for kind in [Full, Resumed] {
        let mut pair = Pair::new(&settings, &config);
        pair.exchange().unwrap();
        pair.talk();
        assert_eq!(pair.server.handshake_kind(), Some(kind));
        let binding = pair.client.channel_binding();
        match expected.is_empty() {
            true => assert_eq!(binding, None),
            false => {
                let binding = binding.unwrap();
                assert_eq!(binding.name, "tls-server-end-point");
                assert_eq!(binding.data, expected, "{algorithm:?}");
            }
        }
    }
}

#[test]
fn tls_12_hashes_the_certificate_as_its_signature_does() {
    end_point(&PKCS_ECDSA_P256_SHA256, |c| Sha256::digest(c).to_vec());
    end_point(&PKCS_RSA_SHA256, |c| Sha256::digest(c).to_vec());
    end_point(&PKCS_ECDSA_P384_SHA384, |c| Sha384::digest(c).to_vec());
    end_point(&PKCS_RSA_SHA512, |c| Sha512::digest(c).to_vec());
}

#[test]
fn a_signature_without_a_hash_gives_tls_12_no_binding() {
    end_point(&PKCS_ED25519, |_| Vec::new());
}

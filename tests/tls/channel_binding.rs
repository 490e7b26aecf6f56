//! Channel bindings are the same at both ends.

use std::sync::{Arc, Mutex};

use rustls::HandshakeKind::{Full, Resumed};
use rustls::crypto::ring::{self, cipher_suite};
use rustls::crypto::tls12::Prf;
use rustls::crypto::{ActiveKeyExchange, CipherSuiteCommon, CryptoProvider};
use rustls::version::{TLS12, TLS13};
use rustls::{Error, SupportedCipherSuite, Tls12CipherSuite};

use crate::peer::{AUTHORITY, NAME, Pair};

/// The binding that the other implementation exports.
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
fn concurrent_connections_have_different_bindings() {
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

/// The server's PRF. It records each Finished, of one connection at a time.
struct Kept {
    prf: &'static dyn Prf,
    finished: Mutex<Vec<Vec<u8>>>,
}

impl Prf for Kept {
    fn for_key_exchange(
        &self,
        output: &mut [u8; 48],
        exchange: Box<dyn ActiveKeyExchange>,
        peer_key: &[u8],
        label: &[u8],
        seed: &[u8],
    ) -> Result<(), Error> {
        self.prf
            .for_key_exchange(output, exchange, peer_key, label, seed)
    }

    fn for_secret(&self, output: &mut [u8], secret: &[u8], label: &[u8], seed: &[u8]) {
        self.prf.for_secret(output, secret, label, seed);
        if label.ends_with(b" finished") {
            self.finished.lock().unwrap().push(output.to_vec());
        }
    }
}

// Conformance: 51
#[test]
fn tls_12_binds_to_the_first_finished() {
    for suite in [
        cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    ] {
        let SupportedCipherSuite::Tls12(own) = suite else {
            unreachable!("a suite of TLS 1.2")
        };
        let kept: &Kept = Box::leak(Box::new(Kept {
            prf: own.prf_provider,
            finished: Mutex::default(),
        }));
        let watched = Tls12CipherSuite {
            prf_provider: kept,
            common: CipherSuiteCommon {
                suite: own.common.suite,
                hash_provider: own.common.hash_provider,
                confidentiality_limit: own.common.confidentiality_limit,
            },
            kx: own.kx,
            sign: own.sign,
            aead_alg: own.aead_alg,
        };
        let provider = CryptoProvider {
            cipher_suites: vec![SupportedCipherSuite::Tls12(Box::leak(Box::new(watched)))],
            ..ring::default_provider()
        };
        let config = Arc::new(AUTHORITY.issue_for(NAME).config_with(provider, &[&TLS12]));
        let settings = AUTHORITY.settings();
        let mut seen = Vec::new();
        for kind in [Full, Resumed] {
            let mut pair = Pair::new(&settings, &config);
            assert_eq!(pair.client.channel_binding(), None);
            pair.exchange().unwrap();
            pair.talk();
            assert_eq!(pair.server.handshake_kind(), Some(kind));
            let both = std::mem::take(&mut *kept.finished.lock().unwrap());
            assert_eq!((both.len(), both[0].len()), (2, 12));
            let binding = pair.client.channel_binding().unwrap();
            assert_eq!(binding.name, "tls-unique");
            assert_eq!(binding.data, both[0], "{suite:?}");
            seen.push(binding);
        }
        assert_ne!(seen[0], seen[1]);
    }
}

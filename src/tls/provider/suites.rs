//! Cipher suites, in order of preference. ChaCha20 is first: WebAssembly has no AES instructions, so AES
//! takes several times as long.

use std::marker::PhantomData;

use aes_gcm::{Aes128Gcm, Aes256Gcm};
use envoi_primitives::ChaCha20Poly1305;
use rustls::crypto::cipher::{Tls12AeadAlgorithm, Tls13AeadAlgorithm};
use rustls::crypto::hash::Hash;
use rustls::crypto::tls12::{Prf, PrfUsingHmac};
use rustls::crypto::tls13::{Hkdf, HkdfUsingHmac};
use rustls::crypto::{CipherSuiteCommon, KeyExchangeAlgorithm};
use rustls::{
    CipherSuite, SignatureScheme, SupportedCipherSuite, Tls12CipherSuite, Tls13CipherSuite,
};

use super::aead12::{CHACHA20_EXPLICIT, GCM_EXPLICIT, Tls12};
use super::aead13::Tls13;
use super::hash::{HMAC_SHA256, HMAC_SHA384, SHA256, SHA384};
use crate::tls::finished::WatchedPrf;

pub(super) static SUITES: [SupportedCipherSuite; 9] = [
    SupportedCipherSuite::Tls13(&TLS13_CHACHA20),
    SupportedCipherSuite::Tls13(&TLS13_AES_128),
    SupportedCipherSuite::Tls13(&TLS13_AES_256),
    SupportedCipherSuite::Tls12(&ECDSA_CHACHA20),
    SupportedCipherSuite::Tls12(&RSA_CHACHA20),
    SupportedCipherSuite::Tls12(&ECDSA_AES_128),
    SupportedCipherSuite::Tls12(&RSA_AES_128),
    SupportedCipherSuite::Tls12(&ECDSA_AES_256),
    SupportedCipherSuite::Tls12(&RSA_AES_256),
];

static TLS13_CHACHA20: Tls13CipherSuite = tls13(
    CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    &SHA256_HASHES,
    CHACHA20_LIMIT,
    &Tls13::<ChaCha20Poly1305>(PhantomData),
);
static TLS13_AES_128: Tls13CipherSuite = tls13(
    CipherSuite::TLS13_AES_128_GCM_SHA256,
    &SHA256_HASHES,
    GCM_LIMIT,
    &Tls13::<Aes128Gcm>(PhantomData),
);
static TLS13_AES_256: Tls13CipherSuite = tls13(
    CipherSuite::TLS13_AES_256_GCM_SHA384,
    &SHA384_HASHES,
    GCM_LIMIT,
    &Tls13::<Aes256Gcm>(PhantomData),
);

static ECDSA_CHACHA20: Tls12CipherSuite = tls12(
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ECDSA,
    &SHA256_HASHES,
    CHACHA20_LIMIT,
    &CHACHA20_12,
);
static RSA_CHACHA20: Tls12CipherSuite = tls12(
    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    RSA,
    &SHA256_HASHES,
    CHACHA20_LIMIT,
    &CHACHA20_12,
);
static ECDSA_AES_128: Tls12CipherSuite = tls12(
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ECDSA,
    &SHA256_HASHES,
    GCM_LIMIT,
    &AES_128_12,
);
static RSA_AES_128: Tls12CipherSuite = tls12(
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    RSA,
    &SHA256_HASHES,
    GCM_LIMIT,
    &AES_128_12,
);
static ECDSA_AES_256: Tls12CipherSuite = tls12(
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    ECDSA,
    &SHA384_HASHES,
    GCM_LIMIT,
    &AES_256_12,
);
static RSA_AES_256: Tls12CipherSuite = tls12(
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    RSA,
    &SHA384_HASHES,
    GCM_LIMIT,
    &AES_256_12,
);

static CHACHA20_12: Tls12<ChaCha20Poly1305, CHACHA20_EXPLICIT> = Tls12(PhantomData);
static AES_128_12: Tls12<Aes128Gcm, GCM_EXPLICIT> = Tls12(PhantomData);
static AES_256_12: Tls12<Aes256Gcm, GCM_EXPLICIT> = Tls12(PhantomData);

/// Records that one key may encrypt (RFC 8446, section 5.5). ChaCha20-Poly1305 has no limit.
const GCM_LIMIT: u64 = 1 << 24;
const CHACHA20_LIMIT: u64 = u64::MAX;

const ECDSA: &[SignatureScheme] = &[
    SignatureScheme::ED25519,
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP384_SHA384,
];
const RSA: &[SignatureScheme] = &[
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
];

struct Hashes {
    hash: &'static dyn Hash,
    hkdf: &'static dyn Hkdf,
    prf: &'static dyn Prf,
}

static SHA256_HASHES: Hashes = Hashes {
    hash: &SHA256,
    hkdf: &HkdfUsingHmac(&HMAC_SHA256),
    prf: &WatchedPrf(PrfUsingHmac(&HMAC_SHA256)),
};
static SHA384_HASHES: Hashes = Hashes {
    hash: &SHA384,
    hkdf: &HkdfUsingHmac(&HMAC_SHA384),
    prf: &WatchedPrf(PrfUsingHmac(&HMAC_SHA384)),
};

const fn tls13(
    suite: CipherSuite,
    hashes: &Hashes,
    confidentiality_limit: u64,
    aead_alg: &'static dyn Tls13AeadAlgorithm,
) -> Tls13CipherSuite {
    Tls13CipherSuite {
        common: CipherSuiteCommon {
            suite,
            hash_provider: hashes.hash,
            confidentiality_limit,
        },
        hkdf_provider: hashes.hkdf,
        aead_alg,
        quic: None,
    }
}

const fn tls12(
    suite: CipherSuite,
    sign: &'static [SignatureScheme],
    hashes: &Hashes,
    confidentiality_limit: u64,
    aead_alg: &'static dyn Tls12AeadAlgorithm,
) -> Tls12CipherSuite {
    Tls12CipherSuite {
        common: CipherSuiteCommon {
            suite,
            hash_provider: hashes.hash,
            confidentiality_limit,
        },
        prf_provider: hashes.prf,
        kx: KeyExchangeAlgorithm::ECDHE,
        sign,
        aead_alg,
    }
}

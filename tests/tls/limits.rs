//! Requirements of the caller besides a valid certificate: pinned keys and a minimum version.

use std::sync::Arc;

use envoi::tls::{Failure, Pins, Policy, Settings};
use rcgen::PublicKeyData;
use rustls::version::TLS12;
use sha2::{Digest, Sha256};

use crate::peer::{AUTHORITY, Authority, Identity, NAME, Pair, TestPlatform, failure, key, params};

fn pinned(digests: &[Vec<u8>]) -> Settings {
    let policy = Policy {
        pins: Pins::new(digests).unwrap(),
        ..AUTHORITY.trust().into()
    };
    Settings::new::<TestPlatform>(&policy).unwrap()
}

/// A server's identity and the digest of its key.
fn issued(authority: &Authority) -> (Identity, Vec<u8>) {
    let key = key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let digest = Sha256::digest(key.subject_public_key_info()).to_vec();
    (authority.issue(&params(NAME), key), digest)
}

#[test]
fn one_of_the_pinned_keys_must_be_the_servers() {
    let (identity, digest) = issued(&AUTHORITY);
    let settings = pinned(&[vec![0; 32], digest]);
    let mut pair = Pair::new(&settings, &Arc::new(identity.config()));
    pair.exchange().unwrap();
    pair.talk();
}

#[test]
fn a_valid_certificate_of_another_key_is_not_pinned() {
    let (identity, _) = issued(&AUTHORITY);
    let (_, digest) = issued(&AUTHORITY);
    let mut pair = Pair::new(&pinned(&[digest]), &Arc::new(identity.config()));
    let error = pair.exchange().unwrap_err();
    assert_eq!(failure(&error), Failure::CertificateNotPinned);
    assert!(error.to_string().contains("set-pinned-keys"), "{error}");
}

#[test]
fn a_pinned_key_does_not_make_a_certificate_valid() {
    let stranger = Authority::new(&rcgen::PKCS_ED25519);
    let (identity, digest) = issued(&stranger);
    let mut pair = Pair::new(&pinned(&[digest]), &Arc::new(identity.config()));
    assert_eq!(
        failure(&pair.exchange().unwrap_err()),
        Failure::CertificateInvalid
    );
}

#[test]
fn a_digest_of_another_length_is_refused_by_its_number() {
    let error = Pins::new(&[vec![0; 32], vec![0; 20]]).unwrap_err();
    assert_eq!(error, "pinned key 2 has 20 octets: a SHA-256 digest has 32");
}

#[test]
fn a_server_below_the_minimum_version_is_incompatible() {
    let provider = rustls::crypto::ring::default_provider();
    let config = AUTHORITY.issue_for(NAME).config_with(provider, &[&TLS12]);
    let policy = Policy {
        only_tls13: true,
        ..AUTHORITY.trust().into()
    };
    let settings = Settings::new::<TestPlatform>(&policy).unwrap();
    let error = Pair::new(&settings, &Arc::new(config))
        .exchange()
        .unwrap_err();
    assert_eq!(failure(&error), Failure::Incompatible);
}

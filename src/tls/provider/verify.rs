//! Verifies signatures of certificates and handshakes.

use envoi_primitives::verify_p384;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};
use rsa::Pkcs1v15Sign;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::traits::PublicKeyParts;
use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};
use sha2::digest::FixedOutputReset;
use sha2::digest::const_oid::AssociatedOid;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Shorter moduli are too weak (NIST SP 800-131A). The `rsa` crate refuses more than 8192 bits, because
/// the work grows with the square.
pub(super) const MIN_RSA_BITS: u32 = 2048;

/// An ECDSA scheme names only the hash in TLS 1.2, and the curve too in TLS 1.3 (RFC 8446, section
/// 4.2.3); for 1.3 rustls takes the first of each list.
pub(crate) static SUPPORTED: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[
        &P256_SHA256,
        &P256_SHA384,
        &P384_SHA256,
        &P384_SHA384,
        &ED25519,
        &PSS_SHA256,
        &PSS_SHA384,
        &PSS_SHA512,
        &PKCS1_SHA256,
        &PKCS1_SHA384,
        &PKCS1_SHA512,
    ],
    mapping: &[
        (
            SignatureScheme::ECDSA_NISTP256_SHA256,
            &[&P256_SHA256, &P384_SHA256],
        ),
        (
            SignatureScheme::ECDSA_NISTP384_SHA384,
            &[&P384_SHA384, &P256_SHA384],
        ),
        (SignatureScheme::ED25519, &[&ED25519]),
        (SignatureScheme::RSA_PSS_SHA256, &[&PSS_SHA256]),
        (SignatureScheme::RSA_PSS_SHA384, &[&PSS_SHA384]),
        (SignatureScheme::RSA_PSS_SHA512, &[&PSS_SHA512]),
        (SignatureScheme::RSA_PKCS1_SHA256, &[&PKCS1_SHA256]),
        (SignatureScheme::RSA_PKCS1_SHA384, &[&PKCS1_SHA384]),
        (SignatureScheme::RSA_PKCS1_SHA512, &[&PKCS1_SHA512]),
    ],
};

static P256_SHA256: Algorithm = ecdsa_p256(alg_id::ECDSA_SHA256, p256::<Sha256>);
static P256_SHA384: Algorithm = ecdsa_p256(alg_id::ECDSA_SHA384, p256::<Sha384>);
static P384_SHA256: Algorithm = ecdsa_p384(alg_id::ECDSA_SHA256, p384::<Sha256>);
static P384_SHA384: Algorithm = ecdsa_p384(alg_id::ECDSA_SHA384, p384::<Sha384>);
static ED25519: Algorithm = Algorithm {
    key: alg_id::ED25519,
    signature: alg_id::ED25519,
    verify: ed25519,
};
static PSS_SHA256: Algorithm = rsa(alg_id::RSA_PSS_SHA256, rsa_pss::<Sha256>);
static PSS_SHA384: Algorithm = rsa(alg_id::RSA_PSS_SHA384, rsa_pss::<Sha384>);
static PSS_SHA512: Algorithm = rsa(alg_id::RSA_PSS_SHA512, rsa_pss::<Sha512>);
static PKCS1_SHA256: Algorithm = rsa(alg_id::RSA_PKCS1_SHA256, rsa_pkcs1::<Sha256>);
static PKCS1_SHA384: Algorithm = rsa(alg_id::RSA_PKCS1_SHA384, rsa_pkcs1::<Sha384>);
static PKCS1_SHA512: Algorithm = rsa(alg_id::RSA_PKCS1_SHA512, rsa_pkcs1::<Sha512>);

/// Takes key, message and signature. `None` if one is malformed or the signature is wrong.
type Verify = fn(&[u8], &[u8], &[u8]) -> Option<()>;

#[derive(Debug)]
struct Algorithm {
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
    verify: Verify,
}

impl SignatureVerificationAlgorithm for Algorithm {
    fn verify_signature(
        &self,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        (self.verify)(key, message, signature).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

const fn ecdsa_p256(signature: AlgorithmIdentifier, verify: Verify) -> Algorithm {
    Algorithm {
        key: alg_id::ECDSA_P256,
        signature,
        verify,
    }
}

const fn ecdsa_p384(signature: AlgorithmIdentifier, verify: Verify) -> Algorithm {
    Algorithm {
        key: alg_id::ECDSA_P384,
        signature,
        verify,
    }
}

const fn rsa(signature: AlgorithmIdentifier, verify: Verify) -> Algorithm {
    Algorithm {
        key: alg_id::RSA_ENCRYPTION,
        signature,
        verify,
    }
}

fn p256<D: Digest>(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = VerifyingKey::from_sec1_bytes(key).ok()?;
    let signature = Signature::from_der(signature).ok()?;
    key.verify_prehash(&D::digest(message), &signature).ok()
}

fn p384<D: Digest>(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    verify_p384(key, &D::digest(message), signature)
}

fn ed25519(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
    key.verify_strict(message, &signature.try_into().ok()?).ok()
}

fn rsa_pss<D: Digest + FixedOutputReset>(
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Option<()> {
    rsa_key(key)?.pss_verify::<D>(message, signature).ok()
}

fn rsa_pkcs1<D: Digest + AssociatedOid>(
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Option<()> {
    rsa_key(key)?
        .verify(Pkcs1v15Sign::new::<D>(), &D::digest(message), signature)
        .ok()
}

fn rsa_key(key: &[u8]) -> Option<::rsa::PublicKey> {
    let key = ::rsa::PublicKey::from_pkcs1_der(key).ok()?;
    (key.n().bit_width_vartime() >= MIN_RSA_BITS).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::super::vectors::hex;
    use super::*;

    // RFC 6979, appendix A.2.5 and A.2.6: "sample", each curve with the other's usual hash.
    const P256_KEY: &str = "04 60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6
        7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    const P256_SHA384_SIGNATURE: &str = "3044
        02200eafea039b20e9b42309fb1d89e213057cbf973dc0cfc8f129edddc800ef7719
        02204861f0491e6998b9455193e34e7b0d284ddd7149a74b95b9261f13abde940954";
    const P384_KEY: &str = "04 ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64
        def8f0ea9055866064a254515480bc13
        8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1
        288b231c3ae0d4fe7344fd2533264720";
    const P384_SHA256_SIGNATURE: &str = "3065
        023021b13d1e013c7fa1392d03c5f99af8b30c570c6f98d4ea8e354b63a21d3daa33
        bde1e888e63355d92fa2b3c36d8fb2cd
        023100f3aa443fb107745bf4bd77cb3891674632068a10ca67e3d45db2266fa7d1fe
        ebefdc63eccd1ac42ec0cb8668a4fa0ab0";

    fn vectors() -> [(&'static Algorithm, Vec<u8>, Vec<u8>); 2] {
        [
            (&P256_SHA384, hex(P256_KEY), hex(P256_SHA384_SIGNATURE)),
            (&P384_SHA256, hex(P384_KEY), hex(P384_SHA256_SIGNATURE)),
        ]
    }

    #[test]
    fn a_curve_works_with_the_other_hash() {
        for (algorithm, key, signature) in vectors() {
            assert!(
                algorithm
                    .verify_signature(&key, b"sample", &signature)
                    .is_ok()
            );
            assert!(
                algorithm
                    .verify_signature(&key, b"simple", &signature)
                    .is_err()
            );
        }
    }

    #[test]
    fn a_changed_signature_or_key_is_refused() {
        for (algorithm, key, signature) in vectors() {
            for place in 0..signature.len() {
                let mut changed = signature.clone();
                changed[place] ^= 1;
                assert!(
                    algorithm
                        .verify_signature(&key, b"sample", &changed)
                        .is_err(),
                    "{place}"
                );
            }
            for place in 0..key.len() {
                let mut changed = key.clone();
                changed[place] ^= 1;
                assert!(
                    algorithm
                        .verify_signature(&changed, b"sample", &signature)
                        .is_err(),
                    "{place}"
                );
            }
        }
    }

    #[test]
    fn meaningless_keys_and_signatures_of_any_length_are_refused() {
        for algorithm in SUPPORTED.all {
            for length in [0, 1, 31, 32, 33, 64, 65, 97, 256, 1024] {
                for octet in [0, 1, 4, 0x30, 0xff] {
                    let octets = vec![octet; length];
                    assert!(
                        algorithm
                            .verify_signature(&octets, b"sample", &octets)
                            .is_err()
                    );
                }
            }
        }
    }

    /// RSAPublicKey (RFC 8017, appendix A.1.1) with the exponent 65537.
    fn rsa_der(bits: usize, last: u8) -> Vec<u8> {
        let mut modulus = vec![0; bits / 8 + 1];
        modulus[1] = 0x80;
        modulus[bits / 8] = last;
        let integer =
            |value: &[u8]| [&[2, 0x82][..], &(value.len() as u16).to_be_bytes(), value].concat();
        let body = [&integer(&modulus)[..], &[2, 3, 1, 0, 1]].concat();
        [&[0x30, 0x82][..], &(body.len() as u16).to_be_bytes(), &body].concat()
    }

    #[test]
    fn rsa_keys_have_2048_to_8192_bits_and_an_odd_modulus() {
        assert!(rsa_key(&rsa_der(2048, 1)).is_some());
        assert!(rsa_key(&rsa_der(8192, 1)).is_some());
        assert!(rsa_key(&rsa_der(2040, 1)).is_none());
        assert!(rsa_key(&rsa_der(1024, 1)).is_none());
        assert!(rsa_key(&rsa_der(8200, 1)).is_none());
        assert!(rsa_key(&rsa_der(2048, 2)).is_none());
    }
}

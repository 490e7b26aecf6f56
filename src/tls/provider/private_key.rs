//! Finds out the algorithm of a private key in DER: PKCS #8 (RFC 5958), SEC 1 (RFC 5915) or PKCS #1
//! (RFC 8017, appendix A.1.2).
//!
//! The curves' crates read the first two as well, with 24 kB of code.

use der::Decode;
use der::asn1::{ObjectIdentifier, OctetStringRef};
use pkcs8::PrivateKeyInfoRef;
use rustls::pki_types::PrivateKeyDer;
use sec1::EcPrivateKey;

/// RFC 8410, section 3.
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// RFC 5480, section 2.1.1.1.
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// The key's octets, by algorithm.
#[cfg_attr(test, derive(Debug, PartialEq))]
pub(super) enum PrivateKey<'a> {
    /// The secret number.
    P256(&'a [u8]),
    P384(&'a [u8]),
    /// The seed (RFC 8032, section 5.1.5).
    Ed25519(&'a [u8]),
    /// In PKCS #1.
    Rsa(&'a [u8]),
}

impl<'a> PrivateKey<'a> {
    /// `None` if the key is malformed or of another algorithm.
    pub(super) fn read(der: &'a PrivateKeyDer<'_>) -> Option<Self> {
        match der {
            PrivateKeyDer::Pkcs1(key) => Some(Self::Rsa(key.secret_pkcs1_der())),
            PrivateKeyDer::Sec1(key) => sec1(key.secret_sec1_der()),
            PrivateKeyDer::Pkcs8(key) => pkcs8(key.secret_pkcs8_der()),
            _ => None,
        }
    }
}

fn pkcs8(der: &[u8]) -> Option<PrivateKey<'_>> {
    let info = PrivateKeyInfoRef::from_der(der).ok()?;
    let key = info.private_key.as_bytes();
    match info.algorithm.oid {
        rsa::pkcs1::ALGORITHM_OID => Some(PrivateKey::Rsa(key)),
        ED25519 => {
            let seed = <&OctetStringRef>::from_der(key).ok()?;
            Some(PrivateKey::Ed25519(seed.as_bytes()))
        }
        sec1::ALGORITHM_OID => {
            let curve = info.algorithm.parameters_oid().ok()?;
            on_curve(curve, EcPrivateKey::from_der(key).ok()?.private_key)
        }
        _ => None,
    }
}

fn sec1(der: &[u8]) -> Option<PrivateKey<'_>> {
    let key = EcPrivateKey::from_der(der).ok()?;
    match key.parameters {
        Some(parameters) => on_curve(parameters.named_curve()?, key.private_key),
        // Taken out of PKCS #8, which names the curve itself.
        None => by_length(key.private_key),
    }
}

fn on_curve(curve: ObjectIdentifier, secret: &[u8]) -> Option<PrivateKey<'_>> {
    match curve {
        P256 => Some(PrivateKey::P256(secret)),
        P384 => Some(PrivateKey::P384(secret)),
        _ => None,
    }
}

fn by_length(secret: &[u8]) -> Option<PrivateKey<'_>> {
    match secret.len() {
        32 => Some(PrivateKey::P256(secret)),
        48 => Some(PrivateKey::P384(secret)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use der::{Encode, Tag};
    use rustls::pki_types::{AlgorithmIdentifier, alg_id};

    use super::*;
    use crate::tls::der::{context, element, read};

    const P256_SECRET: [u8; 32] = [7; 32];
    const P384_SECRET: [u8; 48] = [7; 48];

    fn encode(tag: Tag, contents: &[&[u8]]) -> Vec<u8> {
        element(tag, contents).unwrap()
    }

    /// An ECPrivateKey with these optional fields.
    fn ec(secret: &[u8], fields: &[u8]) -> Vec<u8> {
        let version = encode(Tag::Integer, &[&[1]]);
        let secret = encode(Tag::OctetString, &[secret]);
        encode(Tag::Sequence, &[&version, &secret, fields])
    }

    /// The curve in an ECPrivateKey's parameters; it follows the algorithm's identifier.
    fn parameters(algorithm: &AlgorithmIdentifier) -> Vec<u8> {
        let (_, curve) = read(Tag::ObjectIdentifier, algorithm).unwrap();
        encode(context(0), &[curve])
    }

    fn in_pkcs8(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
        let version = encode(Tag::Integer, &[&[0]]);
        let algorithm = encode(Tag::Sequence, &[algorithm]);
        let key = encode(Tag::OctetString, &[key]);
        encode(Tag::Sequence, &[&version, &algorithm, &key])
    }

    #[test]
    fn sec_1_names_the_curve_or_its_length_tells_it() {
        let p256 = ec(&P256_SECRET, &parameters(&alg_id::ECDSA_P256));
        assert_eq!(sec1(&p256), Some(PrivateKey::P256(&P256_SECRET)));
        let p384 = ec(&P384_SECRET, &parameters(&alg_id::ECDSA_P384));
        assert_eq!(sec1(&p384), Some(PrivateKey::P384(&P384_SECRET)));
        let p256 = ec(&P256_SECRET, b"");
        assert_eq!(sec1(&p256), Some(PrivateKey::P256(&P256_SECRET)));
        let p384 = ec(&P384_SECRET, b"");
        assert_eq!(sec1(&p384), Some(PrivateKey::P384(&P384_SECRET)));
    }

    #[test]
    fn another_curve_of_the_same_length_is_refused() {
        let secp256k1 = ObjectIdentifier::new_unwrap("1.3.132.0.10");
        let secp256k1 = secp256k1.to_der().unwrap();
        let parameters = encode(context(0), &[&secp256k1]);
        assert_eq!(sec1(&ec(&P256_SECRET, &parameters)), None);
        let algorithm = [&sec1::ALGORITHM_OID.to_der().unwrap()[..], &secp256k1].concat();
        let key = ec(&P256_SECRET, b"");
        assert_eq!(pkcs8(&in_pkcs8(&algorithm, &key)), None);
        assert_eq!(sec1(&ec(&[7; 66], b"")), None);
    }

    #[test]
    fn pkcs_8_names_the_algorithm() {
        let p256 = in_pkcs8(&alg_id::ECDSA_P256, &ec(&P256_SECRET, b""));
        assert_eq!(pkcs8(&p256), Some(PrivateKey::P256(&P256_SECRET)));
        let seed = encode(Tag::OctetString, &[&[9; 32]]);
        let ed25519 = in_pkcs8(&alg_id::ED25519, &seed);
        assert_eq!(pkcs8(&ed25519), Some(PrivateKey::Ed25519(&[9; 32])));
        let rsa = in_pkcs8(&alg_id::RSA_ENCRYPTION, b"PKCS #1");
        assert_eq!(pkcs8(&rsa), Some(PrivateKey::Rsa(b"PKCS #1")));
        assert_eq!(pkcs8(&in_pkcs8(&alg_id::ED448, b"")), None);
    }

    #[test]
    fn a_key_that_is_cut_short_is_refused() {
        let whole = in_pkcs8(&alg_id::ECDSA_P384, &ec(&P384_SECRET, b""));
        for length in 0..whole.len() {
            assert!(pkcs8(&whole[..length]).is_none(), "{length}");
        }
        let whole = ec(&P256_SECRET, &parameters(&alg_id::ECDSA_P256));
        for length in 0..whole.len() {
            assert!(sec1(&whole[..length]).is_none(), "{length}");
        }
    }
}

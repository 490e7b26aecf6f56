//! Which private key it is that lies in a form of DER: PKCS #8 (RFC 5958), SEC 1 (RFC 5915) or PKCS #1
//! (RFC 8017, appendix A.1.2).
//!
//! The curves' crates read the first two as well, and take 24 KB for it.

use rustls::pki_types::{AlgorithmIdentifier, PrivateKeyDer, alg_id};

use super::super::der::{CONTEXT_0, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, read};

/// The key's octets, by its algorithm.
#[derive(Debug, PartialEq)]
pub enum PrivateKey<'a> {
    /// The secret number.
    P256(&'a [u8]),
    P384(&'a [u8]),
    /// The seed (RFC 8032, section 5.1.5).
    Ed25519(&'a [u8]),
    /// As PKCS #1 has it.
    Rsa(&'a [u8]),
}

impl<'a> PrivateKey<'a> {
    /// None where it is of another algorithm, or cut short.
    pub fn of(der: &'a PrivateKeyDer<'_>) -> Option<Self> {
        match der {
            PrivateKeyDer::Pkcs1(key) => Some(Self::Rsa(key.secret_pkcs1_der())),
            PrivateKeyDer::Sec1(key) => sec1(key.secret_sec1_der()),
            PrivateKeyDer::Pkcs8(key) => pkcs8(key.secret_pkcs8_der()),
            _ => None,
        }
    }
}

fn pkcs8(der: &[u8]) -> Option<PrivateKey<'_>> {
    let (fields, _) = read(SEQUENCE, der)?;
    let (_version, rest) = read(INTEGER, fields)?;
    let (algorithm, rest) = read(SEQUENCE, rest)?;
    let (key, _attributes) = read(OCTET_STRING, rest)?;
    if algorithm == alg_id::RSA_ENCRYPTION.as_ref() {
        return Some(PrivateKey::Rsa(key));
    }
    if algorithm == alg_id::ED25519.as_ref() {
        return Some(PrivateKey::Ed25519(read(OCTET_STRING, key)?.0));
    }
    let (_elliptic, curve) = read(OBJECT_IDENTIFIER, algorithm)?;
    on_curve(curve, secret(key)?.0)
}

fn sec1(der: &[u8]) -> Option<PrivateKey<'_>> {
    let (secret, rest) = secret(der)?;
    match read(CONTEXT_0, rest) {
        Some((curve, _public_key)) => on_curve(curve, secret),
        // Taken out of PKCS #8, which names the curve itself.
        None => of_length(secret),
    }
}

fn of_length(secret: &[u8]) -> Option<PrivateKey<'_>> {
    match secret.len() {
        32 => Some(PrivateKey::P256(secret)),
        48 => Some(PrivateKey::P384(secret)),
        _ => None,
    }
}

/// An ECPrivateKey's, and its optional fields.
fn secret(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (fields, _) = read(SEQUENCE, der)?;
    let (_version, rest) = read(INTEGER, fields)?;
    read(OCTET_STRING, rest)
}

/// `curve` is its object identifier, as in the parameters of an algorithm.
fn on_curve<'a>(curve: &[u8], secret: &'a [u8]) -> Option<PrivateKey<'a>> {
    let is =
        |id: AlgorithmIdentifier| read(OBJECT_IDENTIFIER, &id).map(|(_, named)| named == curve);
    if is(alg_id::ECDSA_P256)? {
        return Some(PrivateKey::P256(secret));
    }
    is(alg_id::ECDSA_P384)?.then_some(PrivateKey::P384(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::der::element;

    /// An ECPrivateKey with these optional fields.
    fn ec(secret: &[u8], fields: &[u8]) -> Vec<u8> {
        let version = element(INTEGER, &[&[1]]);
        element(
            SEQUENCE,
            &[&version, &element(OCTET_STRING, &[secret]), fields],
        )
    }

    /// Its parameters: the object identifier behind that of elliptic curves.
    fn parameters(algorithm: &AlgorithmIdentifier) -> Vec<u8> {
        let (_, curve) = read(OBJECT_IDENTIFIER, algorithm).unwrap();
        element(CONTEXT_0, &[curve])
    }

    fn in_pkcs8(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
        let (version, algorithm) = (element(INTEGER, &[&[0]]), element(SEQUENCE, &[algorithm]));
        element(
            SEQUENCE,
            &[&version, &algorithm, &element(OCTET_STRING, &[key])],
        )
    }

    const P256: [u8; 32] = [7; 32];
    const P384: [u8; 48] = [7; 48];

    #[test]
    fn sec_1_is_of_the_curve_that_it_names_or_else_of_its_length() {
        let p256 = ec(&P256, &parameters(&alg_id::ECDSA_P256));
        assert_eq!(sec1(&p256), Some(PrivateKey::P256(&P256)));
        let p384 = ec(&P384, &parameters(&alg_id::ECDSA_P384));
        assert_eq!(sec1(&p384), Some(PrivateKey::P384(&P384)));
        assert_eq!(sec1(&ec(&P256, b"")), Some(PrivateKey::P256(&P256)));
        assert_eq!(sec1(&ec(&P384, b"")), Some(PrivateKey::P384(&P384)));
    }

    #[test]
    fn another_curve_is_not_taken_for_one_of_its_length() {
        // 1.3.132.0.10, secp256k1.
        let curve = element(OBJECT_IDENTIFIER, &[&[0x2b, 0x81, 0x04, 0x00, 0x0a]]);
        assert_eq!(sec1(&ec(&P256, &element(CONTEXT_0, &[&curve]))), None);
        let elliptic = alg_id::ECDSA_P256.strip_suffix(&parameters(&alg_id::ECDSA_P256)[2..]);
        let algorithm = [elliptic.unwrap(), &curve].concat();
        assert_eq!(pkcs8(&in_pkcs8(&algorithm, &ec(&P256, b""))), None);
        assert_eq!(sec1(&ec(&[7; 66], b"")), None);
    }

    #[test]
    fn pkcs_8_names_the_algorithm() {
        let p256 = in_pkcs8(&alg_id::ECDSA_P256, &ec(&P256, b""));
        assert_eq!(pkcs8(&p256), Some(PrivateKey::P256(&P256)));
        let ed25519 = in_pkcs8(&alg_id::ED25519, &element(OCTET_STRING, &[&[9; 32]]));
        assert_eq!(pkcs8(&ed25519), Some(PrivateKey::Ed25519(&[9; 32])));
        let rsa = in_pkcs8(&alg_id::RSA_ENCRYPTION, b"PKCS #1");
        assert_eq!(pkcs8(&rsa), Some(PrivateKey::Rsa(b"PKCS #1")));
        assert_eq!(pkcs8(&in_pkcs8(&alg_id::ED448, b"")), None);
    }

    #[test]
    fn what_is_cut_short_is_no_key() {
        let whole = in_pkcs8(&alg_id::ECDSA_P384, &ec(&P384, b""));
        for length in 0..whole.len() {
            assert_eq!(pkcs8(&whole[..length]), None, "{length}");
        }
        let whole = ec(&P256, &parameters(&alg_id::ECDSA_P256));
        for length in 0..whole.len() {
            assert_eq!(sec1(&whole[..length]), None, "{length}");
        }
    }
}

//! The private key of a signer: reads it, signs with it, and writes its public key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use envoi_primitives::{KeyError, Sha256, private_key, wipe_stack};
use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::Decode;
use pkcs8::der::asn1::{ObjectIdentifier, OctetStringRef};
use rsa::Pkcs1v15Sign;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rustls_pki_types::PrivateKeyDer;
use sha2::Digest;
use zeroize::Zeroize;

use super::error::{SetupError, SignError};
use super::spki;

/// RFC 8410, section 3.
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// The sizes that each verifier takes (RFC 8301, section 3.2).
const RSA_BITS: std::ops::RangeInclusive<u32> = 1024..=4096;

/// A private key, and the record of its public key.
pub(super) struct Key {
    private: Private,
    record: String,
}

/// Wipes itself from memory when dropped.
enum Private {
    Rsa(Box<rsa::PrivateKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

impl Key {
    /// Reads PEM or DER, PKCS #8 (RFC 5958) or PKCS #1 (RFC 8017, appendix A.1.2).
    pub(super) fn read(key: &[u8]) -> Result<Self, SetupError> {
        let mut der = private_key(key).map_err(|error| match error {
            KeyError::Encrypted => SetupError::EncryptedKey,
            _ => SetupError::MalformedKey,
        })?;
        let key = Self::from_der(&der);
        der.zeroize();
        wipe_stack();
        key
    }

    fn from_der(der: &PrivateKeyDer<'_>) -> Result<Self, SetupError> {
        match der {
            PrivateKeyDer::Pkcs1(key) => rsa(key.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(key) => pkcs8(key.secret_pkcs8_der()),
            _ => Err(SetupError::OtherAlgorithm),
        }
    }

    /// `a=` (RFC 6376, section 3.3; RFC 8463, section 3).
    pub(super) fn algorithm(&self) -> &'static str {
        match self.private {
            Private::Rsa(_) => "rsa-sha256",
            Private::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// Signs a SHA-256 hash. Ed25519 hashes it again (RFC 8463, section 3).
    ///
    /// RSA is not blinded: that takes randomness, and with 2048 bits three quarters more time. The library's
    /// exponentiation takes the same time for each message and each key of a size, as far as compilers keep
    /// it so.
    pub(super) fn sign(&self, hash: &[u8; 32]) -> Result<Vec<u8>, SignError> {
        let signature = match &self.private {
            Private::Rsa(key) => key
                .sign(Pkcs1v15Sign::new::<sha2::Sha256>(), hash)
                .map_err(|_| SignError::DamagedKey),
            Private::Ed25519(key) => Ok(key.sign(hash).to_bytes().to_vec()),
        };
        wipe_stack();
        signature
    }

    /// The text of the TXT record (RFC 6376, section 3.6.1).
    pub(super) fn txt_record(&self) -> &str {
        &self.record
    }
}

/// The hash that signatures cover.
pub(super) fn sha256(octets: &[u8]) -> [u8; 32] {
    Sha256::digest(octets).into()
}

fn pkcs8(der: &[u8]) -> Result<Key, SetupError> {
    let info = PrivateKeyInfoRef::from_der(der).map_err(|_| SetupError::MalformedKey)?;
    let key = info.private_key.as_bytes();
    match info.algorithm.oid {
        rsa::pkcs1::ALGORITHM_OID => rsa(key),
        ED25519 => ed25519(key),
        _ => Err(SetupError::OtherAlgorithm),
    }
}

/// The record has the 32 octets of the public key (RFC 8463, section 4).
fn ed25519(der: &[u8]) -> Result<Key, SetupError> {
    let seed = <&OctetStringRef>::from_der(der).map_err(|_| SetupError::MalformedKey)?;
    let seed = seed.as_bytes().try_into();
    let key: ed25519_dalek::SigningKey = seed.map_err(|_| SetupError::MalformedKey)?;
    let public = STANDARD.encode(key.verifying_key().as_bytes());
    Ok(Key {
        private: Private::Ed25519(Box::new(key)),
        record: "v=DKIM1; k=ed25519; p=".to_owned() + &public,
    })
}

/// The record has the public key as SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7): few verifiers read the
/// RSAPublicKey that RFC 6376 names.
fn rsa(der: &[u8]) -> Result<Key, SetupError> {
    let (bits, public) = rsa_public(der).ok_or(SetupError::MalformedKey)?;
    if !RSA_BITS.contains(&bits) {
        return Err(SetupError::RsaSize(bits));
    }
    let key = rsa::PrivateKey::from_pkcs1_der(der).map_err(|_| SetupError::MalformedKey)?;
    Ok(Key {
        private: Private::Rsa(Box::new(key)),
        record: "v=DKIM1; k=rsa; p=".to_owned() + &STANDARD.encode(public),
    })
}

/// The bits of the modulus, and the SubjectPublicKeyInfo. Read before the key is checked, which takes long for
/// a large one.
fn rsa_public(der: &[u8]) -> Option<(u32, Vec<u8>)> {
    let key = rsa::pkcs1::RsaPrivateKeyRef::from_der(der).ok()?;
    let modulus = key.modulus.as_bytes();
    let octets = u32::try_from(modulus.len()).ok()?;
    let bits = (octets.checked_mul(8)?).checked_sub(modulus.first()?.leading_zeros())?;
    Some((bits, spki::rsa(modulus, key.public_exponent.as_bytes())))
}

//! Signs with the client certificate's key: ECDSA, Ed25519 or RSA.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use ed25519_dalek::Signer as _;
use envoi_primitives::wipe_stack;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use rsa::Pkcs1v15Sign;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPublicKey};
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::PublicKeyParts;
use rustls::crypto::KeyProvider;
use rustls::pki_types::{PrivateKeyDer, SubjectPublicKeyInfoDer, alg_id};
use rustls::sign::{Signer, SigningKey, public_key_to_spki};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};
use sha2::digest::FixedOutputReset;
use sha2::digest::const_oid::AssociatedOid;
use sha2::{Digest, Sha256, Sha384, Sha512};
use zeroize::Zeroize;

use super::private_key::PrivateKey;
use super::verify::MIN_RSA_BITS;
use super::{NoRandomness, Platform};

/// Reads private keys.
pub(crate) struct Keys<P>(pub PhantomData<fn() -> P>);

impl<P> fmt::Debug for Keys<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

impl<P: Platform> KeyProvider for Keys<P> {
    fn load_private_key(
        &self,
        mut der: PrivateKeyDer<'static>,
    ) -> Result<Arc<dyn SigningKey>, Error> {
        let kind = Kind::from_der(&der);
        der.zeroize();
        Ok(Arc::new(Key::<P> {
            kind: Arc::new(kind?),
            platform: PhantomData,
        }))
    }
}

/// Each key wipes itself from memory when dropped.
enum Kind {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
    Rsa(rsa::PrivateKey),
}

impl Kind {
    fn from_der(der: &PrivateKeyDer<'_>) -> Result<Self, Error> {
        let key = PrivateKey::read(der).and_then(Self::new);
        key.ok_or_else(|| {
            Error::General(
                "it is not ECDSA over P-256 or P-384, Ed25519, or RSA of 2048 to 8192 bits".into(),
            )
        })
    }

    fn new(key: PrivateKey<'_>) -> Option<Self> {
        match key {
            PrivateKey::P256(secret) => p256::ecdsa::SigningKey::from_slice(secret)
                .ok()
                .map(Self::P256),
            PrivateKey::P384(secret) => p384::ecdsa::SigningKey::from_slice(secret)
                .ok()
                .map(Self::P384),
            PrivateKey::Ed25519(seed) => Some(Self::Ed25519(seed.try_into().ok()?)),
            PrivateKey::Rsa(der) => {
                let key = rsa::PrivateKey::from_pkcs1_der(der).ok()?;
                (key.n().bit_width_vartime() >= MIN_RSA_BITS).then_some(Self::Rsa(key))
            }
        }
    }

    /// In order of preference.
    fn schemes(&self) -> &'static [SignatureScheme] {
        match self {
            Self::P256(_) => &[SignatureScheme::ECDSA_NISTP256_SHA256],
            Self::P384(_) => &[SignatureScheme::ECDSA_NISTP384_SHA384],
            Self::Ed25519(_) => &[SignatureScheme::ED25519],
            Self::Rsa(_) => &[
                SignatureScheme::RSA_PSS_SHA256,
                SignatureScheme::RSA_PSS_SHA384,
                SignatureScheme::RSA_PSS_SHA512,
                SignatureScheme::RSA_PKCS1_SHA256,
                SignatureScheme::RSA_PKCS1_SHA384,
                SignatureScheme::RSA_PKCS1_SHA512,
            ],
        }
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'static>> {
        Some(match self {
            Self::P256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                public_key_to_spki(&alg_id::ECDSA_P256, point)
            }
            Self::P384(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                public_key_to_spki(&alg_id::ECDSA_P384, point)
            }
            Self::Ed25519(key) => public_key_to_spki(&alg_id::ED25519, key.verifying_key()),
            Self::Rsa(key) => {
                let public = key.to_public_key().to_pkcs1_der().ok()?;
                public_key_to_spki(&alg_id::RSA_ENCRYPTION, public)
            }
        })
    }

    fn sign<P: Platform>(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        match (self, scheme) {
            (Self::P256(key), SignatureScheme::ECDSA_NISTP256_SHA256) => {
                let signature = key.sign_prehash(&Sha256::digest(message));
                let signature: p256::ecdsa::Signature = signature.map_err(|_| unable())?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
            (Self::P384(key), SignatureScheme::ECDSA_NISTP384_SHA384) => {
                let signature = key.sign_prehash(&Sha384::digest(message));
                let signature: p384::ecdsa::Signature = signature.map_err(|_| unable())?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
            (Self::Ed25519(key), SignatureScheme::ED25519) => {
                Ok(key.sign(message).to_bytes().to_vec())
            }
            (Self::Rsa(key), SignatureScheme::RSA_PSS_SHA256) => pss::<Sha256, P>(key, message),
            (Self::Rsa(key), SignatureScheme::RSA_PSS_SHA384) => pss::<Sha384, P>(key, message),
            (Self::Rsa(key), SignatureScheme::RSA_PSS_SHA512) => pss::<Sha512, P>(key, message),
            (Self::Rsa(key), SignatureScheme::RSA_PKCS1_SHA256) => pkcs1::<Sha256, P>(key, message),
            (Self::Rsa(key), SignatureScheme::RSA_PKCS1_SHA384) => pkcs1::<Sha384, P>(key, message),
            (Self::Rsa(key), SignatureScheme::RSA_PKCS1_SHA512) => pkcs1::<Sha512, P>(key, message),
            _ => Err(unable()),
        }
    }
}

fn pss<D: Digest + FixedOutputReset, P: Platform>(
    key: &rsa::PrivateKey,
    message: &[u8],
) -> Result<Vec<u8>, Error> {
    key.pss_sign_with_rng::<D, _>(&mut Random::<P>(PhantomData), message)
        .map_err(rsa_failed)
}

fn pkcs1<D: Digest + AssociatedOid, P: Platform>(
    key: &rsa::PrivateKey,
    message: &[u8],
) -> Result<Vec<u8>, Error> {
    let random = &mut Random::<P>(PhantomData);
    key.sign_with_rng(random, Pkcs1v15Sign::new::<D>(), &D::digest(message))
        .map_err(rsa_failed)
}

fn rsa_failed(error: rsa::Error) -> Error {
    match error {
        rsa::Error::Rng => Error::FailedToGetRandomBytes,
        _ => unable(),
    }
}

fn unable() -> Error {
    Error::General("the client's key cannot sign".into())
}

struct Key<P> {
    kind: Arc<Kind>,
    platform: PhantomData<fn() -> P>,
}

impl<P: Platform> SigningKey for Key<P> {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let mut schemes = self.kind.schemes().iter();
        let scheme = *schemes.find(|scheme| offered.contains(scheme))?;
        Some(Box::new(Signature::<P> {
            kind: self.kind.clone(),
            scheme,
            platform: PhantomData,
        }))
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        self.kind.public_key()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match *self.kind {
            Kind::P256(_) | Kind::P384(_) => SignatureAlgorithm::ECDSA,
            Kind::Ed25519(_) => SignatureAlgorithm::ED25519,
            Kind::Rsa(_) => SignatureAlgorithm::RSA,
        }
    }
}

impl<P> fmt::Debug for Key<P> {
    /// Hides the key, which is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").finish_non_exhaustive()
    }
}

struct Signature<P> {
    kind: Arc<Kind>,
    scheme: SignatureScheme,
    platform: PhantomData<fn() -> P>,
}

impl<P: Platform> Signer for Signature<P> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = self.kind.sign::<P>(self.scheme, message);
        wipe_stack();
        signature
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

impl<P> fmt::Debug for Signature<P> {
    /// Hides the key, which is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signature").field(&self.scheme).finish()
    }
}

/// Randomness for the salt of PSS, and to blind RSA against timing attacks.
struct Random<P>(PhantomData<fn() -> P>);

impl<P: Platform> TryRng for Random<P> {
    type Error = NoRandomness;

    fn try_next_u32(&mut self) -> Result<u32, NoRandomness> {
        let mut octets = [0; 4];
        P::random(&mut octets)?;
        Ok(u32::from_le_bytes(octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, NoRandomness> {
        let mut octets = [0; 8];
        P::random(&mut octets)?;
        Ok(u64::from_le_bytes(octets))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
        P::random(buffer)
    }
}

impl<P: Platform> TryCryptoRng for Random<P> {}

//! Keys, and signatures old and new.

use std::process::Command;
use std::sync::{Arc, LazyLock};

use md5::Md5;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::pkcs8::DecodePrivateKey;
use rcgen::{KeyPair, PublicKeyData};
use rsa::Pkcs1v15Sign;
use rsa::pkcs1::EncodeRsaPublicKey;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, alg_id};
use rustls::sign::{Signer, SigningKey};
use rustls::version::TLS12;
use rustls::{Error, SignatureAlgorithm, SignatureScheme, SupportedProtocolVersion};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384};

use super::der::{bit_string, oid, sequence};
use crate::openssl::Folder;

/// How a certificate is signed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Signature {
    EcdsaSha256,
    /// With a key of P-256.
    P256Sha384,
    /// With a key of P-384.
    EcdsaSha384,
    Ed25519,
    RsaSha256,
    RsaSha384,
    RsaSha512,
    PssSha256,
    RsaSha1,
    RsaMd5,
    /// By the command `openssl`.
    P521Sha512,
}

impl Signature {
    /// AlgorithmIdentifier (RFC 5280, section 4.1.1.2).
    pub(super) fn identifier(self) -> Vec<u8> {
        const NULL: &[u8] = &[5, 0];
        match self {
            Self::EcdsaSha256 => sequence(&[alg_id::ECDSA_SHA256.as_ref()]),
            Self::P256Sha384 | Self::EcdsaSha384 => sequence(&[alg_id::ECDSA_SHA384.as_ref()]),
            Self::Ed25519 => sequence(&[alg_id::ED25519.as_ref()]),
            Self::RsaSha256 => sequence(&[alg_id::RSA_PKCS1_SHA256.as_ref()]),
            Self::RsaSha384 => sequence(&[alg_id::RSA_PKCS1_SHA384.as_ref()]),
            Self::RsaSha512 => sequence(&[alg_id::RSA_PKCS1_SHA512.as_ref()]),
            Self::PssSha256 => sequence(&[alg_id::RSA_PSS_SHA256.as_ref()]),
            Self::RsaSha1 => sequence(&[&oid("1.2.840.113549.1.1.5"), NULL]),
            Self::P521Sha512 => sequence(&[&oid("1.2.840.10045.4.3.4")]),
            Self::RsaMd5 => sequence(&[&oid("1.2.840.113549.1.1.4"), NULL]),
        }
    }

    /// If ring has this algorithm.
    fn scheme(self) -> Option<SignatureScheme> {
        match self {
            Self::EcdsaSha256 => Some(SignatureScheme::ECDSA_NISTP256_SHA256),
            Self::EcdsaSha384 => Some(SignatureScheme::ECDSA_NISTP384_SHA384),
            Self::Ed25519 => Some(SignatureScheme::ED25519),
            Self::RsaSha256 => Some(SignatureScheme::RSA_PKCS1_SHA256),
            Self::RsaSha384 => Some(SignatureScheme::RSA_PKCS1_SHA384),
            Self::RsaSha512 => Some(SignatureScheme::RSA_PKCS1_SHA512),
            Self::PssSha256 => Some(SignatureScheme::RSA_PSS_SHA256),
            Self::P256Sha384 | Self::RsaSha1 | Self::RsaMd5 | Self::P521Sha512 => None,
        }
    }
}

const ONLY_TLS12: &[&SupportedProtocolVersion] = &[&TLS12];

pub(super) struct Key {
    pkcs8: PrivatePkcs8KeyDer<'static>,
    /// SubjectPublicKeyInfo.
    pub spki: Vec<u8>,
    /// How it signs certificates by default.
    pub usual: Signature,
}

pub(super) static RSA_2048: LazyLock<Arc<Key>> =
    LazyLock::new(|| rsa(include_str!("../rsa-2048.pem"), Signature::RsaSha256));
/// ring has no key this short.
pub(super) static RSA_1024: LazyLock<Arc<Key>> =
    LazyLock::new(|| rsa(include_str!("../rsa-1024.pem"), Signature::RsaSha256));
pub(super) static P521: LazyLock<Arc<Key>> = LazyLock::new(|| {
    let pkcs8 = PrivatePkcs8KeyDer::from_pem_slice(include_bytes!("../p521.pem")).unwrap();
    // The public key is the last field (RFC 5915, section 3).
    let point = pkcs8.secret_pkcs8_der().last_chunk::<133>().unwrap();
    let algorithm = sequence(&[&oid("1.2.840.10045.2.1"), &oid("1.3.132.0.35")]);
    Arc::new(Key {
        spki: sequence(&[&algorithm, &bit_string(point)]),
        pkcs8,
        usual: Signature::P521Sha512,
    })
});

fn rsa(pem: &str, usual: Signature) -> Arc<Key> {
    let pkcs8 = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).unwrap();
    let key = rsa::PrivateKey::from_pkcs8_der(pkcs8.secret_pkcs8_der()).unwrap();
    let public = key.to_public_key().to_pkcs1_der().unwrap();
    let algorithm = sequence(&[alg_id::RSA_ENCRYPTION.as_ref()]);
    Arc::new(Key {
        spki: sequence(&[&algorithm, &bit_string(public.as_bytes())]),
        pkcs8,
        usual,
    })
}

impl Key {
    pub(super) fn p256() -> Arc<Self> {
        Self::generate(&rcgen::PKCS_ECDSA_P256_SHA256, Signature::EcdsaSha256)
    }

    pub(super) fn p384() -> Arc<Self> {
        Self::generate(&rcgen::PKCS_ECDSA_P384_SHA384, Signature::EcdsaSha384)
    }

    pub(super) fn ed25519() -> Arc<Self> {
        Self::generate(&rcgen::PKCS_ED25519, Signature::Ed25519)
    }

    fn generate(algorithm: &'static rcgen::SignatureAlgorithm, usual: Signature) -> Arc<Self> {
        let pair = KeyPair::generate_for(algorithm).unwrap();
        Arc::new(Self {
            pkcs8: pair.serialize_der().into(),
            spki: pair.subject_public_key_info(),
            usual,
        })
    }

    pub(super) fn sign(&self, signature: Signature, message: &[u8]) -> Vec<u8> {
        if let (Some(scheme), Some(key)) = (signature.scheme(), self.ring()) {
            let signer = key.choose_scheme(&[scheme]).unwrap();
            return signer.sign(message).unwrap();
        }
        match signature {
            Signature::P256Sha384 => {
                let der = self.pkcs8.secret_pkcs8_der();
                let key = p256::ecdsa::SigningKey::from_pkcs8_der(der).unwrap();
                let signature: p256::ecdsa::Signature =
                    key.sign_prehash(&Sha384::digest(message)).unwrap();
                signature.to_der().as_bytes().to_vec()
            }
            Signature::RsaSha1 => {
                self.rsa(old_padding("1.3.14.3.2.26", 20), &Sha1::digest(message))
            }
            Signature::RsaMd5 => {
                self.rsa(old_padding("1.2.840.113549.2.5", 16), &Md5::digest(message))
            }
            Signature::P521Sha512 => signed_by_openssl(include_str!("../p521.pem"), message),
            _ => self.rsa(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message)),
        }
    }

    fn rsa(&self, padding: Pkcs1v15Sign, digest: &[u8]) -> Vec<u8> {
        let key = rsa::PrivateKey::from_pkcs8_der(self.pkcs8.secret_pkcs8_der()).unwrap();
        key.sign(padding, digest).unwrap()
    }

    fn ring(&self) -> Option<Arc<dyn SigningKey>> {
        ring::sign::any_supported_type(&PrivateKeyDer::Pkcs8(self.pkcs8.clone_key())).ok()
    }

    /// The versions in which it signs handshakes. Keys that ring lacks sign with PKCS #1, which TLS 1.3 does
    /// not have.
    pub(super) fn versions(&self) -> &'static [&'static SupportedProtocolVersion] {
        match (self.ring(), self.usual) {
            (None, Signature::RsaSha256) => ONLY_TLS12,
            _ => rustls::ALL_VERSIONS,
        }
    }

    /// For a server's handshake.
    pub(super) fn for_server(self: &Arc<Self>) -> Arc<dyn SigningKey> {
        self.ring()
            .unwrap_or_else(|| Arc::new(BeyondRing(self.clone())))
    }
}

fn signed_by_openssl(key: &str, message: &[u8]) -> Vec<u8> {
    let folder = Folder::new();
    let output = Command::new("openssl")
        .args(["dgst", "-sha512", "-sign"])
        .arg(folder.write("key", key))
        .arg(folder.write("message", message))
        .output()
        .unwrap();
    assert!(output.status.success());
    output.stdout
}

/// The beginning of DigestInfo (RFC 8017, section 9.2) for a hash that the libraries do not sign with.
fn old_padding(hash: &str, length: u8) -> Pkcs1v15Sign {
    let algorithm = sequence(&[&oid(hash), &[5, 0]]);
    let whole = algorithm.len() as u8 + 2 + length;
    Pkcs1v15Sign {
        hash_len: Some(length.into()),
        prefix: [&[0x30, whole][..], &algorithm, &[4, length]]
            .concat()
            .into(),
    }
}

/// Signs PKCS #1 of TLS 1.2 for RSA_1024, and nothing for P521, whose scheme the client does not offer.
#[derive(Debug)]
struct BeyondRing(Arc<Key>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key for {:?}", self.usual)
    }
}

impl SigningKey for BeyondRing {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered
            .contains(&self.scheme())
            .then(|| Box::new(Self(self.0.clone())) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match self.0.usual {
            Signature::RsaSha256 => SignatureAlgorithm::RSA,
            _ => SignatureAlgorithm::ECDSA,
        }
    }
}

impl Signer for BeyondRing {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.0.sign(Signature::RsaSha256, message))
    }

    fn scheme(&self) -> SignatureScheme {
        match self.0.usual {
            Signature::RsaSha256 => SignatureScheme::RSA_PKCS1_SHA256,
            _ => SignatureScheme::ECDSA_NISTP521_SHA512,
        }
    }
}

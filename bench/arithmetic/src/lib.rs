//! What takes the time of handshakes and records, compiled as in the component. Each export does one
//! thing as often as it is told; `bench` looks at the clock.

#![allow(unsafe_code, reason = "exports of a core module")]

pub mod content;

use std::hint::black_box;

use aes_gcm::aead::{AeadInOut, KeyInit};
use envoi_primitives::{ChaCha20Poly1305, MlKem768, verify_p384};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::Pkcs1v15Sign;
use rsa::pkcs1::DecodeRsaPublicKey;
use sha2::{Digest, Sha256};
use x25519_dalek::{PublicKey, StaticSecret};

/// A record of TLS at its longest.
const RECORD: usize = 16 << 10;
const DIGEST: [u8; 32] = [9; 32];
const SECRET: [u8; 32] = [7; 32];

fn repeat<T>(times: u32, mut work: impl FnMut() -> T) {
    for _ in 0..times {
        black_box(work());
    }
}

macro_rules! ecdsa {
    ($curve:ident, $octets:literal, $verify:expr) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn $curve(times: u32) {
            use $curve::ecdsa::signature::hazmat::PrehashSigner;
            use $curve::ecdsa::{Signature, SigningKey};
            let key = SigningKey::from_slice(&[7; $octets]).unwrap();
            let signature: Signature = key.sign_prehash(&DIGEST).unwrap();
            let (point, der) = (key.verifying_key().to_sec1_point(false), signature.to_der());
            repeat(times, || {
                $verify(point.as_bytes(), &DIGEST, der.as_bytes()).unwrap()
            });
        }
    };
}

ecdsa!(p256, 32, verify_p256);
ecdsa!(p384, 48, verify_p384);

/// As envoi does.
fn verify_p256(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
    let signature = p256::ecdsa::Signature::from_der(signature).ok()?;
    key.verify_prehash(digest, &signature).ok()
}

/// Of a signature that does not hold, which takes as long as one that does.
#[unsafe(no_mangle)]
pub extern "C" fn rsa_2048(times: u32) {
    const MODULUS: [u8; 256] = [0xab; 256];
    let der = [
        // RSAPublicKey (RFC 8017, appendix A.1.1) with the exponent 65537.
        &[0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00][..],
        &MODULUS,
        &[0x02, 0x03, 0x01, 0x00, 0x01],
    ]
    .concat();
    repeat(times, || {
        let key = rsa::PublicKey::from_pkcs1_der(&der).unwrap();
        let scheme = Pkcs1v15Sign::new::<Sha256>();
        key.verify(scheme, &DIGEST, &[1; 256]).unwrap_err()
    });
}

/// Both steps: the key share, and the shared secret.
#[unsafe(no_mangle)]
pub extern "C" fn x25519(times: u32) {
    let peer = PublicKey::from(&StaticSecret::from(SECRET));
    repeat(times, || {
        let secret = StaticSecret::from(black_box(SECRET));
        (PublicKey::from(&secret), secret.diffie_hellman(&peer))
    });
}

#[unsafe(no_mangle)]
pub extern "C" fn ml_kem_768(times: u32) {
    repeat(times, || {
        MlKem768::from_seed(black_box(&[7; 64])).public_key()
    });
}

#[unsafe(no_mangle)]
pub extern "C" fn sha_256(times: u32) {
    let text = vec![1; RECORD];
    repeat(times, || Sha256::digest(black_box(&text)));
}

fn seal<A: AeadInOut + KeyInit>(times: u32, key: &[u8]) {
    let cipher = A::new_from_slice(key).unwrap();
    let mut text = vec![1; RECORD];
    repeat(times, || {
        let text = text.as_mut_slice().into();
        cipher.encrypt_inout_detached(&Default::default(), b"", text)
    });
}

#[unsafe(no_mangle)]
pub extern "C" fn chacha20_poly1305(times: u32) {
    seal::<ChaCha20Poly1305>(times, &SECRET);
}

#[unsafe(no_mangle)]
pub extern "C" fn aes_128_gcm(times: u32) {
    seal::<aes_gcm::Aes128Gcm>(times, &SECRET[..16]);
}

#[unsafe(no_mangle)]
pub extern "C" fn aes_256_gcm(times: u32) {
    seal::<aes_gcm::Aes256Gcm>(times, &SECRET);
}

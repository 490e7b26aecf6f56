//! The cryptography below TLS: glue between rustls and pure Rust primitives.
//!
//! A client's half only: it signs as a client that shows a certificate.

mod aead;
mod aead12;
mod aead13;
mod ecdh;
mod hash;
mod private_key;
mod sign;
mod suites;
#[cfg(test)]
mod vectors;
mod verify;
#[cfg(test)]
mod wycheproof;
mod x25519;
mod x25519mlkem768;

pub use hash::{HMAC_SHA256, HMAC_SHA384, SHA256, SHA384};
pub use sign::Keys;
pub use verify::SUPPORTED as SIGNATURES;

use std::marker::PhantomData;

use p256::NistP256;
use p384::NistP384;
use rustls::crypto::{CryptoProvider, GetRandomFailed, SecureRandom, SupportedKxGroup};

use self::ecdh::Ecdh;
use self::x25519::X25519;
use self::x25519mlkem768::X25519MlKem768;
use super::settings::{Host, NoRandomness};

pub fn provider<H: Host>() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: suites::SUITES.to_vec(),
        kx_groups: groups::<H>(),
        signature_verification_algorithms: verify::SUPPORTED,
        secure_random: &Random::<H>(PhantomData),
        key_provider: &sign::Keys::<H>(PhantomData),
    }
}

/// In the order of preference. A ClientHello brings shares for the first and, being a part of it, for
/// the second.
fn groups<H: Host>() -> Vec<&'static dyn SupportedKxGroup> {
    vec![
        &X25519MlKem768::<H>(PhantomData),
        &X25519::<H>(PhantomData),
        &Ecdh::<NistP256, H>(PhantomData),
        &Ecdh::<NistP384, H>(PhantomData),
    ]
}

#[derive(Debug)]
struct Random<H>(PhantomData<fn() -> H>);

impl<H: Host> SecureRandom for Random<H> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), GetRandomFailed> {
        Ok(H::random(buffer)?)
    }
}

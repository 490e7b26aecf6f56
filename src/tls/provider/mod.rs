//! The rustls crypto provider: glue between rustls and cryptography in pure Rust, for a client.
//!
//! It signs only with the key of a client certificate.

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

pub(super) use hash::{HMAC_SHA256, HMAC_SHA384, SHA256, SHA384};
pub(super) use sign::Keys;
pub(super) use verify::SUPPORTED as SIGNATURES;

use std::marker::PhantomData;

use p256::NistP256;
use p384::NistP384;
use rustls::crypto::{CryptoProvider, GetRandomFailed, SecureRandom, SupportedKxGroup};

use self::ecdh::Ecdh;
use self::x25519::X25519;
use self::x25519mlkem768::X25519MlKem768;
use super::platform::{NoRandomness, Platform};

pub(super) fn provider<P: Platform>() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: suites::SUITES.to_vec(),
        kx_groups: groups::<P>(),
        signature_verification_algorithms: verify::SUPPORTED,
        secure_random: &Random::<P>(PhantomData),
        key_provider: &sign::Keys::<P>(PhantomData),
    }
}

/// In order of preference. A ClientHello has key shares for the first and the second, which is part of
/// the first.
fn groups<P: Platform>() -> Vec<&'static dyn SupportedKxGroup> {
    vec![
        &X25519MlKem768::<P>(PhantomData),
        &X25519::<P>(PhantomData),
        &Ecdh::<NistP256, P>(PhantomData),
        &Ecdh::<NistP384, P>(PhantomData),
    ]
}

#[derive(Debug)]
struct Random<P>(PhantomData<fn() -> P>);

impl<P: Platform> SecureRandom for Random<P> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), GetRandomFailed> {
        Ok(P::random(buffer)?)
    }
}

//! The cryptography below TLS: glue between rustls and pure Rust primitives.
//!
//! A client's half only: it signs as a client that shows a certificate.

mod aead;
mod aead12;
mod aead13;
mod hash;
mod p256;
mod sign;
mod suites;
#[cfg(test)]
mod vectors;
mod verify;
mod x25519;

pub use hash::{HMAC_SHA256, HMAC_SHA384, SHA256, SHA384};
pub use sign::Keys;

use std::marker::PhantomData;

use rustls::crypto::{CryptoProvider, GetRandomFailed, SecureRandom};

use super::settings::Host;

pub fn provider<H: Host>() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: suites::SUITES.to_vec(),
        kx_groups: vec![
            &x25519::X25519::<H>(PhantomData),
            &p256::P256::<H>(PhantomData),
        ],
        signature_verification_algorithms: verify::SUPPORTED,
        secure_random: &Random::<H>(PhantomData),
        key_provider: &sign::Keys::<H>(PhantomData),
    }
}

#[derive(Debug)]
struct Random<H>(PhantomData<fn() -> H>);

impl<H: Host> SecureRandom for Random<H> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), GetRandomFailed> {
        H::random(buffer);
        Ok(())
    }
}

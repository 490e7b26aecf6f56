//! The cryptography below TLS: glue between rustls and pure Rust primitives.
//!
//! A client's half only: nothing here signs.

mod aead;
mod aead12;
mod aead13;
mod hash;
mod p256;
mod suites;
#[cfg(test)]
mod vectors;
mod verify;
mod x25519;

pub use hash::{HMAC_SHA256, HMAC_SHA384, SHA256, SHA384};

use std::marker::PhantomData;
use std::sync::Arc;

use rustls::Error;
use rustls::crypto::{CryptoProvider, GetRandomFailed, KeyProvider, SecureRandom};
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::SigningKey;

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
        key_provider: &NoKeys,
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

/// There are no client certificates.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, Error> {
        Err(Error::General("no private keys are supported".into()))
    }
}

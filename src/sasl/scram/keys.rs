//! The arithmetic (RFC 5802, section 3).

use envoi_primitives::{pbkdf2_sha1, pbkdf2_sha256};
use hmac::digest::Digest;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::super::Mechanism;
use super::server::ServerFirst;

#[derive(Clone, Copy)]
pub enum Hash {
    Sha1,
    Sha256,
}

impl Hash {
    /// Of a mechanism that is SCRAM.
    pub fn of(mechanism: Mechanism) -> Self {
        match mechanism {
            Mechanism::ScramSha1 | Mechanism::ScramSha1Plus => Self::Sha1,
            _ => Self::Sha256,
        }
    }
}

pub struct Proof {
    /// What shows the server that we know the password.
    pub client: Vec<u8>,
    /// What the server is to show.
    pub server: Zeroizing<Vec<u8>>,
}

/// `signed` is what both sides have said, RFC 5802's AuthMessage.
pub fn prove(hash: Hash, password: &str, server: &ServerFirst, signed: &[u8]) -> Proof {
    let (password, salt, iterations) = (password.as_bytes(), &server.salt, server.iterations);
    match hash {
        Hash::Sha1 => {
            let salted = pbkdf2_sha1(password, salt, iterations);
            prove_by::<Sha1, Hmac<Sha1>>(&salted, signed)
        }
        Hash::Sha256 => {
            let salted = pbkdf2_sha256(password, salt, iterations);
            prove_by::<Sha256, Hmac<Sha256>>(&salted, signed)
        }
    }
}

fn prove_by<D: Digest, M: Mac + KeyInit>(salted: &[u8], signed: &[u8]) -> Proof {
    let client_key = mac::<M>(salted, b"Client Key");
    let stored_key = D::digest(&client_key[..]);
    let signature = mac::<M>(&stored_key, signed);
    let server_key = mac::<M>(salted, b"Server Key");
    Proof {
        client: client_key
            .iter()
            .zip(&signature[..])
            .map(|(key, signature)| key ^ signature)
            .collect(),
        server: mac::<M>(&server_key, signed),
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Zeroizing<Vec<u8>> {
    let mac = keyed::<M>(key).chain_update(message);
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}

fn keyed<M: Mac + KeyInit>(key: &[u8]) -> M {
    M::new_from_slice(key).expect("HMAC takes keys of any length")
}

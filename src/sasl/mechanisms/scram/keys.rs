//! The keys and proofs of SCRAM (RFC 5802, section 3).

use envoi_primitives::{pbkdf2_sha1, pbkdf2_sha256};
use hmac::digest::Digest;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::server_messages::ServerFirst;
use crate::sasl::mechanism::Secret;

#[derive(Clone, Copy)]
pub(super) enum Hash {
    Sha1,
    Sha256,
}

pub(super) struct Proof {
    /// Shows the server that the client knows the password.
    pub(super) client_proof: Vec<u8>,
    /// What the server has to send to show the same.
    pub(super) server_signature: Secret,
}

/// `auth_message` is RFC 5802's AuthMessage: the messages of both sides.
pub(super) fn prove(
    hash: Hash,
    password: &str,
    server: &ServerFirst,
    auth_message: &[u8],
) -> Proof {
    let (password, salt, iterations) = (password.as_bytes(), &server.salt, server.iterations);
    match hash {
        Hash::Sha1 => {
            let salted = pbkdf2_sha1(password, salt, iterations);
            prove_with::<Sha1, Hmac<Sha1>>(&salted, auth_message)
        }
        Hash::Sha256 => {
            let salted = pbkdf2_sha256(password, salt, iterations);
            prove_with::<Sha256, Hmac<Sha256>>(&salted, auth_message)
        }
    }
}

fn prove_with<D: Digest, M: Mac + KeyInit>(salted_password: &[u8], auth_message: &[u8]) -> Proof {
    let client_key = mac::<M>(salted_password, b"Client Key");
    let stored_key = D::digest(&client_key[..]);
    let client_signature = mac::<M>(&stored_key, auth_message);
    let server_key = mac::<M>(salted_password, b"Server Key");
    Proof {
        client_proof: client_key
            .iter()
            .zip(&client_signature[..])
            .map(|(key, signature)| key ^ signature)
            .collect(),
        server_signature: mac::<M>(&server_key, auth_message),
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Secret {
    let mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    Zeroizing::new(mac.chain_update(message).finalize().into_bytes().to_vec())
}

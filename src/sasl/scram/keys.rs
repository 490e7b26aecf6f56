//! The arithmetic (RFC 5802, section 3).

use hmac::digest::{Digest, Output};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

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
    match hash {
        Hash::Sha1 => prove_by::<Sha1, Hmac<Sha1>>(password, server, signed),
        Hash::Sha256 => prove_by::<Sha256, Hmac<Sha256>>(password, server, signed),
    }
}

fn prove_by<D: Digest, M>(password: &str, server: &ServerFirst, signed: &[u8]) -> Proof
where
    M: Mac + KeyInit + Clone,
{
    let salted = salted_password::<M>(password, &server.salt, server.iterations);
    let client_key = mac::<M>(&salted, b"Client Key");
    let stored_key = D::digest(&client_key[..]);
    let signature = mac::<M>(&stored_key, signed);
    let server_key = mac::<M>(&salted, b"Server Key");
    Proof {
        client: client_key
            .iter()
            .zip(&signature[..])
            .map(|(key, signature)| key ^ signature)
            .collect(),
        server: mac::<M>(&server_key, signed),
    }
}

/// PBKDF2 (RFC 8018, section 5.2) for one block. The keyed state is made once and copied, which
/// halves the work.
fn salted_password<M>(password: &str, salt: &[u8], iterations: u32) -> Zeroizing<Vec<u8>>
where
    M: Mac + KeyInit + Clone,
{
    let keyed = keyed::<M>(password.as_bytes());
    let mut last = keyed.clone().chain_update(salt).chain_update([0, 0, 0, 1]);
    let mut sum: Option<Output<M>> = None;
    for _ in 0..iterations {
        let block = last.finalize().into_bytes();
        match &mut sum {
            None => sum = Some(block.clone()),
            Some(sum) => sum.iter_mut().zip(&block).for_each(|(a, b)| *a ^= b),
        }
        last = keyed.clone().chain_update(&block);
    }
    let mut sum = sum.unwrap_or_default();
    let salted = Zeroizing::new(sum.to_vec());
    sum.as_mut_slice().zeroize();
    salted
}

fn mac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Zeroizing<Vec<u8>> {
    let mac = keyed::<M>(key).chain_update(message);
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}

fn keyed<M: Mac + KeyInit>(key: &[u8]) -> M {
    M::new_from_slice(key).expect("HMAC takes keys of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(octets: &[u8]) -> String {
        octets.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    #[test]
    fn pbkdf2_is_that_of_rfc_6070_and_rfc_7914() {
        let salted = |iterations| salted_password::<Hmac<Sha1>>("password", b"salt", iterations);
        assert_eq!(hex(&salted(1)), "0c60c80f961f0e71f3a9b524af6012062fe037a6");
        assert_eq!(
            hex(&salted(4096)),
            "4b007901b765489abead49d926f721d065a429c1"
        );
        // RFC 7914, section 11, the first of two blocks.
        assert_eq!(
            hex(&salted_password::<Hmac<Sha256>>("passwd", b"salt", 1)),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        );
    }
}

//! PBKDF2 (RFC 8018, section 5.2) for one block: SCRAM's thousands of rounds.

use hmac::digest::Output;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

#[inline(never)]
pub fn pbkdf2_sha1(password: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
    pbkdf2::<Hmac<Sha1>>(password, salt, iterations)
}

#[inline(never)]
pub fn pbkdf2_sha256(password: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
    pbkdf2::<Hmac<Sha256>>(password, salt, iterations)
}

/// The keyed state is made once and copied, which halves the work.
fn pbkdf2<M: Mac + KeyInit + Clone>(
    password: &[u8],
    salt: &[u8],
    iterations: u32,
) -> Zeroizing<Vec<u8>> {
    let keyed = <M as KeyInit>::new_from_slice(password).expect("HMAC takes keys of any length");
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
    let derived = Zeroizing::new(sum.to_vec());
    sum.as_mut_slice().zeroize();
    derived
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(octets: &[u8]) -> String {
        octets.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    #[test]
    fn it_is_that_of_rfc_6070_and_rfc_7914() {
        let salted = |iterations| pbkdf2_sha1(b"password", b"salt", iterations);
        assert_eq!(hex(&salted(1)), "0c60c80f961f0e71f3a9b524af6012062fe037a6");
        assert_eq!(
            hex(&salted(4096)),
            "4b007901b765489abead49d926f721d065a429c1"
        );
        // RFC 7914, section 11, the first of two blocks.
        assert_eq!(
            hex(&pbkdf2_sha256(b"passwd", b"salt", 1)),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        );
    }
}

//! PBKDF2 (RFC 8018, section 5.2) with HMAC: the thousands of rounds of SCRAM.

use hmac::Hmac;
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Derives 20 octets, which are wiped on drop, with HMAC-SHA-1. The time grows with `iterations`, which the
/// server chooses: the caller limits it.
#[inline(never)]
pub fn pbkdf2_sha1(password: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
    let mut derived = Zeroizing::new(vec![0; 20]);
    pbkdf2::pbkdf2::<Hmac<Sha1>>(password, salt, iterations, &mut derived)
        .expect("HMAC takes keys of any length");
    derived
}

/// As [`pbkdf2_sha1`], with HMAC-SHA-256: 32 octets.
#[inline(never)]
pub fn pbkdf2_sha256(password: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
    let mut derived = Zeroizing::new(vec![0; 32]);
    pbkdf2::pbkdf2::<Hmac<Sha256>>(password, salt, iterations, &mut derived)
        .expect("HMAC takes keys of any length");
    derived
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(octets: &[u8]) -> String {
        octets.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    #[test]
    fn the_vectors_of_rfc_6070_and_rfc_7914() {
        let salted = |iterations| pbkdf2_sha1(b"password", b"salt", iterations);
        assert_eq!(hex(&salted(1)), "0c60c80f961f0e71f3a9b524af6012062fe037a6");
        assert_eq!(
            hex(&salted(4096)),
            "4b007901b765489abead49d926f721d065a429c1"
        );
        // RFC 7914, section 11: the first of its two blocks.
        assert_eq!(
            hex(&pbkdf2_sha256(b"passwd", b"salt", 1)),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        );
    }
}

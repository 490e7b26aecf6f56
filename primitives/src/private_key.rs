//! Private keys in PEM (RFC 7468) or DER, read without a copy of them that stays in memory.

use base64ct::{Base64, Encoding};
use der::{Decode, asn1::AnyRef};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};
use zeroize::Zeroizing;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
const KIND: &[u8] = b"PRIVATE KEY";
/// "BEGIN ENCRYPTED PRIVATE KEY" (RFC 7468, section 11), or OpenSSL's "Proc-Type: 4,ENCRYPTED".
const ENCRYPTED: &[u8] = b"ENCRYPTED";
/// Begins a DER sequence.
const SEQUENCE: u8 = 0x30;

/// The most octets of a private key that are read, 64 KiB: an RSA key of 8192 bits is 6.4 kB of PEM, and text may stand
/// around it.
pub const MAX_PRIVATE_KEY: usize = 64 << 10;

/// Why octets are no private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// More than [`MAX_PRIVATE_KEY`] octets.
    TooLong,
    /// A password protects it.
    Encrypted,
    /// Neither PKCS #8 (RFC 5958), SEC 1 (RFC 5915) nor PKCS #1 (RFC 8017, appendix A.1.2).
    UnknownForm,
}

/// Reads the first private key in PEM, before which sections of other kinds, such as `EC PARAMETERS`, may stand; or one
/// in DER.
///
/// # Errors
/// If it is too long, encrypted, or in no known form. What is inside the form is not checked.
#[inline(never)]
pub fn private_key(key: &[u8]) -> Result<PrivateKeyDer<'static>, KeyError> {
    if key.len() > MAX_PRIVATE_KEY {
        return Err(KeyError::TooLong);
    }
    if is_encrypted(key) {
        return Err(KeyError::Encrypted);
    }
    let found = if key.first() == Some(&SEQUENCE) {
        PrivateKeyDer::try_from(key.to_vec()).ok()
    } else {
        in_pem(key)
    };
    found.ok_or(KeyError::UnknownForm)
}

fn is_encrypted(key: &[u8]) -> bool {
    // EncryptedPrivateKeyInfo begins with an algorithm, other keys with a version (RFC 5958, section 3).
    let begins = |fields: AnyRef<'_>| fields.value().first() == Some(&SEQUENCE);
    cut(key, ENCRYPTED).is_some() || AnyRef::from_der(key).is_ok_and(begins)
}

fn in_pem(text: &[u8]) -> Option<PrivateKeyDer<'static>> {
    let (label, mut der) = section(text)?;
    let der = std::mem::take(&mut *der);
    match label {
        b"PRIVATE KEY" => Some(PrivatePkcs8KeyDer::from(der).into()),
        b"RSA PRIVATE KEY" => Some(PrivatePkcs1KeyDer::from(der).into()),
        b"EC PRIVATE KEY" => Some(PrivateSec1KeyDer::from(der).into()),
        _ => None,
    }
}

/// The label and the octets of the first private key.
fn section(text: &[u8]) -> Option<(&[u8], Zeroizing<Vec<u8>>)> {
    let mut left = text;
    loop {
        let (_, section) = cut(left, BEGIN)?;
        let (label, section) = cut(section, DASHES)?;
        let (body, end) = cut(section, END)?;
        if label.ends_with(KIND) {
            let is_same = end.strip_prefix(label)?.starts_with(DASHES);
            return is_same.then_some((label, decode(body)?));
        }
        left = end;
    }
}

/// What is before and after the first `mark`.
fn cut<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = text.windows(mark.len()).position(|part| part == mark)?;
    Some((&text[..at], &text[at + mark.len()..]))
}

/// Takes the same time for all keys of a length, as far as compilers keep it so.
fn decode(body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // Allocated once: a buffer that grows leaves copies of the key behind.
    let mut digits = Zeroizing::new(Vec::with_capacity(body.len()));
    digits.extend(body.iter().filter(|octet| !octet.is_ascii_whitespace()));
    let mut octets = Zeroizing::new(vec![0; digits.len() / 4 * 3]);
    let length = Base64::decode(&digits[..], &mut octets).ok()?.len();
    octets.truncate(length);
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_among_other_sections_and_text() {
        let key = "-----BEGIN EC PRIVATE KEY-----\r\nAQID\r\n BA==\n-----END EC PRIVATE KEY-----\n";
        let other = "-----BEGIN EC PARAMETERS-----\nAQ==\n-----END EC PARAMETERS-----\n";
        for text in [key.to_owned(), format!("text\n{other}{key}")] {
            let found = private_key(text.as_bytes());
            let Ok(PrivateKeyDer::Sec1(key)) = found else {
                panic!("{text}");
            };
            assert_eq!(key.secret_sec1_der(), [1, 2, 3, 4]);
        }
    }

    #[track_caller]
    fn is_no_key(text: &[u8], why: KeyError) {
        assert_eq!(private_key(text).unwrap_err(), why);
    }

    #[test]
    fn what_is_cut_off_or_not_base64_is_no_key() {
        for text in [
            "",
            "-----BEGIN PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nAQID\n",
            "-----BEGIN PRIVATE KEY-----\nAQID\n-----END EC PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nAQI\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nA: b\n\nAQID\n-----END PRIVATE KEY-----",
            "-----BEGIN OTHER PRIVATE KEY-----\nAQID\n-----END OTHER PRIVATE KEY-----",
            "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----",
        ] {
            is_no_key(text.as_bytes(), KeyError::UnknownForm);
        }
    }

    #[test]
    fn a_key_that_a_password_protects_is_named_as_such() {
        let pem =
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAQID\n-----END ENCRYPTED PRIVATE KEY-----";
        is_no_key(pem.as_bytes(), KeyError::Encrypted);
        // SEQUENCE { SEQUENCE {} OCTET STRING {} }
        is_no_key(b"\x30\x04\x30\x00\x04\x00", KeyError::Encrypted);
    }

    #[test]
    fn a_key_beyond_the_limit_is_not_read() {
        is_no_key(&vec![SEQUENCE; MAX_PRIVATE_KEY + 1], KeyError::TooLong);
    }
}

//! Private keys in PEM (RFC 7468), read without a copy of them that stays in memory.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
const KIND: &[u8] = b"PRIVATE KEY";

/// The label and the octets of the first private key in `text`, which are wiped on drop. Sections of other kinds,
/// such as `EC PARAMETERS`, may come before it.
#[inline(never)]
pub fn private_key_in_pem(text: &[u8]) -> Option<(&[u8], Zeroizing<Vec<u8>>)> {
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

    #[track_caller]
    fn is_read(text: &str, label: &str, octets: &[u8]) {
        let (found, key) = private_key_in_pem(text.as_bytes()).unwrap();
        assert_eq!((found, &key[..]), (label.as_bytes(), octets));
    }

    #[test]
    fn a_key_is_found_among_other_sections_and_text() {
        let key = "-----BEGIN EC PRIVATE KEY-----\r\nAQID\r\n BA==\n-----END EC PRIVATE KEY-----\n";
        is_read(key, "EC PRIVATE KEY", &[1, 2, 3, 4]);
        let other = "-----BEGIN EC PARAMETERS-----\nAQ==\n-----END EC PARAMETERS-----\n";
        is_read(
            &format!("text\n{other}{key}"),
            "EC PRIVATE KEY",
            &[1, 2, 3, 4],
        );
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
            "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----",
        ] {
            assert_eq!(private_key_in_pem(text.as_bytes()), None, "{text}");
        }
    }
}

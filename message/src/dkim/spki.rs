//! RSA's SubjectPublicKeyInfo in DER (RFC 5280, section 4.1.2.7; RFC 8017, appendix A.1.1). The encoders of the
//! libraries would add 8 kB to the component.

const INTEGER: u8 = 2;
const BIT_STRING: u8 = 3;
const SEQUENCE: u8 = 0x30;
/// The sequence of rsaEncryption and NULL (RFC 3279, section 2.3.1).
const ALGORITHM: [u8; 15] = [
    SEQUENCE, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0,
];
/// A string of whole octets.
const NO_UNUSED_BITS: u8 = 0;

/// Takes the modulus and the public exponent without zeros before them.
pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = element(SEQUENCE, &[&integer(modulus), &integer(exponent)]);
    let key = element(BIT_STRING, &[&[NO_UNUSED_BITS], &key]);
    element(SEQUENCE, &[&ALGORITHM, &key])
}

/// A number that is not negative: its first bit is 0.
fn integer(number: &[u8]) -> Vec<u8> {
    let is_high = number.first().is_some_and(|first| *first >= 0x80);
    let zero: &[u8] = if is_high { &[0] } else { &[] };
    element(INTEGER, &[zero, number])
}

fn element(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let [before @ .., last] = contents.len().to_be_bytes();
    let mut element = vec![tag];
    if contents.len() < 0x80 {
        element.push(last);
    } else {
        let zeros = before.iter().take_while(|octet| **octet == 0).count();
        let high = before.get(zeros..).unwrap_or_default();
        // The number of the octets that have the length.
        element.push(0x81 + high.len() as u8);
        element.extend(high);
        element.push(last);
    }
    element.extend(contents);
    element
}

#[cfg(test)]
mod tests {
    use ::rsa::pkcs8::DecodePublicKey;
    use ::rsa::traits::PublicKeyParts;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_library_reads_the_numbers_back(
            first in 1..=u8::MAX,
            middle in prop::collection::vec(any::<u8>(), 126..520),
            exponent in prop::sample::select(vec![&[3][..], &[0x81], &[1, 0, 1]]),
        ) {
            let modulus = [&[first, 0xff][..], &middle, &[1]].concat();
            let read = ::rsa::PublicKey::from_public_key_der(&rsa(&modulus, exponent)).unwrap();
            prop_assert_eq!(&*read.n().to_be_bytes_trimmed_vartime(), &modulus[..]);
            prop_assert_eq!(&*read.e().to_be_bytes_trimmed_vartime(), exponent);
        }
    }
}

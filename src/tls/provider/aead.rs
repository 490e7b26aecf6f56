//! Seals and opens records in place with an AEAD, for TLS 1.2 and 1.3.

use aead::consts::{U12, U16};
use aead::{AeadInOut, KeyInit, Nonce as AeadNonce, Tag};
use rustls::Error;
use rustls::crypto::cipher::{AeadKey, NONCE_LEN, Nonce, PrefixedPayload};

pub(super) const TAG_LEN: usize = 16;

/// ChaCha20-Poly1305, AES-128-GCM and AES-256-GCM.
pub(super) trait Aead:
    AeadInOut<NonceSize = U12, TagSize = U16> + KeyInit + Send + Sync + 'static
{
}

impl<A: AeadInOut<NonceSize = U12, TagSize = U16> + KeyInit + Send + Sync + 'static> Aead for A {}

pub(super) fn with_key<A: Aead>(key: &AeadKey) -> A {
    A::new_from_slice(key.as_ref()).expect("rustls derives keys of the length it is told")
}

/// Encrypts `payload` except its first `clear` octets, and appends the tag.
pub(super) fn seal<A: Aead>(
    aead: &A,
    nonce: &Nonce,
    aad: &[u8],
    payload: &mut PrefixedPayload,
    clear: usize,
) -> Result<(), Error> {
    let text = payload
        .as_mut()
        .get_mut(clear..)
        .ok_or(Error::EncryptError)?;
    let tag = aead
        .encrypt_inout_detached(array::<A>(nonce), aad, text.into())
        .map_err(|_| Error::EncryptError)?;
    payload.extend_from_slice(&tag);
    Ok(())
}

/// Decrypts `record`, which ends with the tag, and returns the length of the plaintext.
pub(super) fn open<A: Aead>(
    aead: &A,
    nonce: &Nonce,
    aad: &[u8],
    record: &mut [u8],
) -> Result<usize, Error> {
    let (text, tag) = record
        .split_last_chunk_mut::<TAG_LEN>()
        .ok_or(Error::DecryptError)?;
    let tag = Tag::<A>::from(*tag);
    aead.decrypt_inout_detached(array::<A>(nonce), aad, (&mut *text).into(), &tag)
        .map_err(|_| Error::DecryptError)?;
    Ok(text.len())
}

fn array<A: Aead>(nonce: &Nonce) -> &AeadNonce<A> {
    let nonce: &[u8; NONCE_LEN] = &nonce.0;
    nonce.into()
}

#[cfg(test)]
mod tests {
    use aes_gcm::{Aes128Gcm, Aes256Gcm};
    use envoi_primitives::ChaCha20Poly1305;

    use super::super::vectors::hex;
    use super::*;

    struct Vector {
        key: Vec<u8>,
        nonce: Vec<u8>,
        aad: Vec<u8>,
        plaintext: Vec<u8>,
        ciphertext: Vec<u8>,
        tag: Vec<u8>,
    }

    impl Vector {
        fn holds_for<A: Aead>(&self) {
            let aead = A::new_from_slice(&self.key).unwrap();
            let nonce = Nonce(self.nonce.as_slice().try_into().unwrap());
            let mut payload = PrefixedPayload::with_capacity(0);
            payload.extend_from_slice(b"in clear");
            payload.extend_from_slice(&self.plaintext);
            seal(&aead, &nonce, &self.aad, &mut payload, 8).unwrap();
            let sealed = [&self.ciphertext[..], &self.tag].concat();
            assert_eq!(payload.as_ref(), [b"in clear", &sealed[..]].concat());

            let mut record = sealed.clone();
            assert_eq!(
                open(&aead, &nonce, &self.aad, &mut record),
                Ok(self.plaintext.len())
            );
            assert_eq!(record[..self.plaintext.len()], self.plaintext);

            for place in 0..sealed.len() {
                let mut record = sealed.clone();
                record[place] ^= 1;
                assert_eq!(
                    open(&aead, &nonce, &self.aad, &mut record),
                    Err(Error::DecryptError)
                );
            }
            for short in 0..TAG_LEN {
                let mut record = sealed[..short].to_vec();
                assert_eq!(
                    open(&aead, &nonce, &self.aad, &mut record),
                    Err(Error::DecryptError)
                );
            }
        }
    }

    #[test]
    fn chacha20_poly1305_is_the_one_of_rfc_8439_section_2_8_2() {
        Vector {
            key: (0x80..0xa0).collect(),
            nonce: hex("070000004041424344454647"),
            aad: hex("50515253c0c1c2c3c4c5c6c7"),
            plaintext:
                b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip \
                for the future, sunscreen would be it."
                    .to_vec(),
            ciphertext: hex(
                "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6
                3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36
                92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
                3ff4def08e4b7a9de576d26586cec64b6116",
            ),
            tag: hex("1ae10b594f09e26a7e902ecbd0600691"),
        }
        .holds_for::<ChaCha20Poly1305>();
    }

    /// Test cases 4 and 16 of the GCM specification differ in the key.
    fn gcm(key: &str, ciphertext: &str, tag: &str) -> Vector {
        Vector {
            key: hex(key),
            nonce: hex("cafebabefacedbaddecaf888"),
            aad: hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
            plaintext: hex(
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            ),
            ciphertext: hex(ciphertext),
            tag: hex(tag),
        }
    }

    #[test]
    fn aes_128_gcm_is_the_one_of_the_specification() {
        gcm(
            "feffe9928665731c6d6a8f9467308308",
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
             21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
            "5bc94fbc3221a5db94fae95ae7121a47",
        )
        .holds_for::<Aes128Gcm>();
    }

    #[test]
    fn aes_256_gcm_is_the_one_of_the_specification() {
        gcm(
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
             8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
            "76fc6ece0f4e1768cddf8853bb2d551b",
        )
        .holds_for::<Aes256Gcm>();
    }
}

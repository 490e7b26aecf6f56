//! ChaCha20-Poly1305 (RFC 8439, section 2.8), an AEAD, over SIMD vectors.

use aead::consts::{U12, U16, U32};
use aead::inout::InOutBuf;
use aead::{AeadCore, AeadInOut, Error, Key, KeyInit, KeySizeUser, Nonce, Tag, TagPosition};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::chacha20::ChaCha20;
use crate::poly1305::Poly1305;

/// Octets under one nonce: more make the 32-bit block counter wrap (RFC 8439, section 2.8).
const MAX_TEXT: u64 = 64 * (u32::MAX as u64);

/// The key, wiped on drop. One nonce takes some 256 GiB; more are an error.
pub struct ChaCha20Poly1305(Zeroizing<[u8; 32]>);

impl ChaCha20Poly1305 {
    /// Block 0 keys the authenticator; the text starts at block 1 (RFC 8439, section 2.6).
    fn begin(&self, nonce: &Nonce<Self>) -> (ChaCha20, Poly1305) {
        let nonce = (*nonce).into();
        let mut key = Zeroizing::new([0; 32]);
        ChaCha20::new(&self.0, &nonce, 0).apply(key.as_mut_slice());
        let cipher = ChaCha20::new(&self.0, &nonce, 1);
        (cipher, Poly1305::new(&key))
    }
}

impl KeySizeUser for ChaCha20Poly1305 {
    type KeySize = U32;
}

impl KeyInit for ChaCha20Poly1305 {
    fn new(key: &Key<Self>) -> Self {
        Self(Zeroizing::new((*key).into()))
    }
}

impl AeadCore for ChaCha20Poly1305 {
    type NonceSize = U12;
    type TagSize = U16;
    const TAG_POSITION: TagPosition = TagPosition::Postfix;
}

impl AeadInOut for ChaCha20Poly1305 {
    #[inline(never)]
    fn encrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        aad: &[u8],
        text: InOutBuf<'_, '_, u8>,
    ) -> Result<Tag<Self>, Error> {
        let (mut cipher, mac) = self.begin(nonce);
        limit(text.len())?;
        let output = text.into_out_with_copied_in();
        cipher.apply(output);
        Ok(authenticate(mac, aad, output))
    }

    #[inline(never)]
    fn decrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        aad: &[u8],
        text: InOutBuf<'_, '_, u8>,
        tag: &Tag<Self>,
    ) -> Result<(), Error> {
        let (mut cipher, mac) = self.begin(nonce);
        limit(text.len())?;
        let expected = authenticate(mac, aad, text.get_in());
        if !bool::from(expected.as_slice().ct_eq(tag.as_slice())) {
            return Err(Error);
        }
        cipher.apply(text.into_out_with_copied_in());
        Ok(())
    }
}

fn limit(length: usize) -> Result<(), Error> {
    if length as u64 > MAX_TEXT {
        return Err(Error);
    }
    Ok(())
}

fn authenticate(mut mac: Poly1305, aad: &[u8], text: &[u8]) -> Tag<ChaCha20Poly1305> {
    mac.update_padded(aad);
    mac.update_padded(text);
    let mut lengths = [0; 16];
    lengths[..8].copy_from_slice(&(aad.len() as u64).to_le_bytes());
    lengths[8..].copy_from_slice(&(text.len() as u64).to_le_bytes());
    mac.update_padded(&lengths);
    mac.finish().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Expected = ::chacha20poly1305::ChaCha20Poly1305;

    /// Every length up to four strides and more, each text different.
    fn texts() -> impl Iterator<Item = Vec<u8>> {
        (0..1100).map(|length| (0..length).map(|at| (at * 31 + length) as u8).collect())
    }

    #[test]
    fn texts_are_sealed_as_by_the_crate_and_opened_again() {
        for text in texts() {
            let key = [text.len() as u8 ^ 0x5a; 32].into();
            let nonce = [text.len() as u8; 12].into();
            let aad = &text[..text.len().min(13)];

            let mut sealed = text.clone();
            let cipher = ChaCha20Poly1305::new(&key);
            let tag = cipher.encrypt_inout_detached(&nonce, aad, sealed.as_mut_slice().into());
            let tag = tag.unwrap();

            let mut expected = text.clone();
            let expected_cipher = Expected::new(&key);
            let expected_tag =
                expected_cipher.encrypt_inout_detached(&nonce, aad, expected.as_mut_slice().into());
            assert_eq!((&sealed, tag), (&expected, expected_tag.unwrap()));

            let opened =
                cipher.decrypt_inout_detached(&nonce, aad, sealed.as_mut_slice().into(), &tag);
            assert_eq!((opened, sealed), (Ok(()), text));
        }
    }

    #[test]
    fn a_changed_tag_or_text_is_refused_and_left_encrypted() {
        let cipher = ChaCha20Poly1305::new(&[7; 32].into());
        let nonce = [9; 12].into();
        let mut sealed = *b"a text of more than one block, which is changed octet by octet now";
        let tag = cipher.encrypt_inout_detached(&nonce, b"aad", sealed.as_mut_slice().into());
        let tag = tag.unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed;
            changed[place] ^= 1;
            let before = changed;
            let text = changed.as_mut_slice().into();
            assert!(
                cipher
                    .decrypt_inout_detached(&nonce, b"aad", text, &tag)
                    .is_err()
            );
            assert_eq!(changed, before);
        }
        for place in 0..tag.len() {
            let mut changed = tag;
            changed[place] ^= 1;
            let mut text = sealed;
            let text = text.as_mut_slice().into();
            assert!(
                cipher
                    .decrypt_inout_detached(&nonce, b"aad", text, &changed)
                    .is_err()
            );
        }
    }
}

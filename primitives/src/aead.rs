//! Ciphers of other crates, compiled here.

use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadCore, AeadInOut, Error, Nonce, Tag, TagPosition};
use aes_gcm::{Key, KeyInit, KeySizeUser};

macro_rules! compiled_here {
    ($name:ident, $cipher:ty) => {
        pub struct $name($cipher);

        impl KeySizeUser for $name {
            type KeySize = <$cipher as KeySizeUser>::KeySize;
        }

        impl KeyInit for $name {
            #[inline(never)]
            fn new(key: &Key<Self>) -> Self {
                Self(<$cipher>::new(key))
            }
        }

        impl AeadCore for $name {
            type NonceSize = U12;
            type TagSize = U16;
            const TAG_POSITION: TagPosition = TagPosition::Postfix;
        }

        impl AeadInOut for $name {
            #[inline(never)]
            fn encrypt_inout_detached(
                &self,
                nonce: &Nonce<Self>,
                aad: &[u8],
                text: InOutBuf<'_, '_, u8>,
            ) -> Result<Tag<Self>, Error> {
                self.0.encrypt_inout_detached(nonce, aad, text)
            }

            #[inline(never)]
            fn decrypt_inout_detached(
                &self,
                nonce: &Nonce<Self>,
                aad: &[u8],
                text: InOutBuf<'_, '_, u8>,
                tag: &Tag<Self>,
            ) -> Result<(), Error> {
                self.0.decrypt_inout_detached(nonce, aad, text, tag)
            }
        }
    };
}

compiled_here!(Aes128Gcm, aes_gcm::Aes128Gcm);
compiled_here!(Aes256Gcm, aes_gcm::Aes256Gcm);
#[cfg(not(target_feature = "simd128"))]
compiled_here!(ChaCha20Poly1305, chacha20poly1305::ChaCha20Poly1305);

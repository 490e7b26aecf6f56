//! Records of TLS 1.2: AES-GCM (RFC 5288) and ChaCha20-Poly1305 (RFC 7905).

use std::marker::PhantomData;

use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, InboundPlainMessage, Iv, KeyBlockShape, MessageDecrypter,
    MessageEncrypter, NONCE_LEN, Nonce, OutboundOpaqueMessage, OutboundPlainMessage,
    PrefixedPayload, Tls12AeadAlgorithm, UnsupportedOperationError, make_tls12_aad,
};
use rustls::{ConnectionTrafficSecrets, Error};

use super::aead::{Aead, TAG_LEN, open, seal, with_key};

/// Octets of the nonce in each record.
pub(super) const GCM_EXPLICIT: usize = 8;
pub(super) const CHACHA20_EXPLICIT: usize = 0;

/// RFC 5246, section 6.2.1.
const MAX_PLAINTEXT: usize = 1 << 14;

pub(super) struct Tls12<A, const EXPLICIT: usize>(pub PhantomData<fn() -> A>);

impl<A: Aead, const EXPLICIT: usize> Tls12AeadAlgorithm for Tls12<A, EXPLICIT> {
    /// `extra` is the first explicit part of the nonce. It is counted up, which keeps it unique.
    fn encrypter(&self, key: AeadKey, iv: &[u8], extra: &[u8]) -> Box<dyn MessageEncrypter> {
        Box::new(Records::<A, EXPLICIT> {
            aead: with_key(&key),
            iv: nonce_base(iv, extra),
        })
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        Box::new(Records::<A, EXPLICIT> {
            aead: with_key(&key),
            iv: nonce_base(iv, &[]),
        })
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        KeyBlockShape {
            enc_key_len: A::key_size(),
            fixed_iv_len: NONCE_LEN - EXPLICIT,
            explicit_nonce_len: EXPLICIT,
        }
    }

    /// Keys are not given out.
    fn extract_keys(
        &self,
        _: AeadKey,
        _: &[u8],
        _: &[u8],
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

struct Records<A, const EXPLICIT: usize> {
    aead: A,
    iv: Iv,
}

impl<A: Aead, const EXPLICIT: usize> MessageEncrypter for Records<A, EXPLICIT> {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        seq: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let length = message.payload.len();
        let nonce = Nonce::new(&self.iv, seq);
        let aad = make_tls12_aad(seq, message.typ, message.version, length);
        let mut payload = PrefixedPayload::with_capacity(self.encrypted_payload_len(length));
        payload.extend_from_slice(&nonce.0[NONCE_LEN - EXPLICIT..]);
        payload.extend_from_chunks(&message.payload);
        seal(&self.aead, &nonce, &aad, &mut payload, EXPLICIT)?;
        Ok(OutboundOpaqueMessage::new(
            message.typ,
            message.version,
            payload,
        ))
    }

    fn encrypted_payload_len(&self, length: usize) -> usize {
        EXPLICIT + length + TAG_LEN
    }
}

impl<A: Aead, const EXPLICIT: usize> MessageDecrypter for Records<A, EXPLICIT> {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        seq: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let length = message
            .payload
            .len()
            .checked_sub(EXPLICIT + TAG_LEN)
            .ok_or(Error::DecryptError)?;
        if length > MAX_PLAINTEXT {
            return Err(Error::PeerSentOversizedRecord);
        }
        let aad = make_tls12_aad(seq, message.typ, message.version, length);
        let mut nonce = Nonce::new(&self.iv, seq);
        let (explicit, record) = message.payload.split_at_mut(EXPLICIT);
        nonce.0[NONCE_LEN - EXPLICIT..].copy_from_slice(explicit);
        open(&self.aead, &nonce, &aad, record)?;
        Ok(message.into_plain_message_range(EXPLICIT..EXPLICIT + length))
    }
}

fn nonce_base(fixed: &[u8], explicit: &[u8]) -> Iv {
    let mut iv = [0; NONCE_LEN];
    for (to, from) in iv.iter_mut().zip(fixed.iter().chain(explicit)) {
        *to = *from;
    }
    Iv::new(iv)
}

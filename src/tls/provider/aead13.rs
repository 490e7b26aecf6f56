//! Records of TLS 1.3 (RFC 8446, section 5.2).

use std::marker::PhantomData;

use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, InboundPlainMessage, Iv, MessageDecrypter, MessageEncrypter,
    Nonce, OutboundOpaqueMessage, OutboundPlainMessage, PrefixedPayload, Tls13AeadAlgorithm,
    UnsupportedOperationError, make_tls13_aad,
};
use rustls::{ConnectionTrafficSecrets, ContentType, Error, ProtocolVersion};

use super::aead::{Aead, TAG_LEN, open, seal, with_key};

pub(super) struct Tls13<A>(pub PhantomData<fn() -> A>);

impl<A: Aead> Tls13AeadAlgorithm for Tls13<A> {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        Box::new(Records {
            aead: with_key::<A>(&key),
            iv,
        })
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        Box::new(Records {
            aead: with_key::<A>(&key),
            iv,
        })
    }

    fn key_len(&self) -> usize {
        A::key_size()
    }

    /// Keys are not given out.
    fn extract_keys(
        &self,
        _: AeadKey,
        _: Iv,
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

struct Records<A> {
    aead: A,
    iv: Iv,
}

impl<A: Aead> MessageEncrypter for Records<A> {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        seq: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let length = self.encrypted_payload_len(message.payload.len());
        let mut payload = PrefixedPayload::with_capacity(length);
        payload.extend_from_chunks(&message.payload);
        payload.extend_from_slice(&message.typ.to_array());
        seal(
            &self.aead,
            &Nonce::new(&self.iv, seq),
            &make_tls13_aad(length),
            &mut payload,
            0,
        )?;
        // The outer type and version are the same as in TLS 1.2 (RFC 8446, section 5.2).
        Ok(OutboundOpaqueMessage::new(
            ContentType::ApplicationData,
            ProtocolVersion::TLSv1_2,
            payload,
        ))
    }

    fn encrypted_payload_len(&self, length: usize) -> usize {
        length + size_of::<u8>() + TAG_LEN
    }
}

impl<A: Aead> MessageDecrypter for Records<A> {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        seq: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let aad = make_tls13_aad(message.payload.len());
        let length = open(
            &self.aead,
            &Nonce::new(&self.iv, seq),
            &aad,
            &mut message.payload,
        )?;
        message.payload.truncate(length);
        message.into_tls13_unpadded_message()
    }
}

//! SHA-2 and HMAC for the handshake transcript and the key schedule.

use std::marker::PhantomData;

use envoi_primitives::{HmacSha256, HmacSha384, Sha256, Sha384};
use hmac::digest::typenum::Unsigned;
use hmac::{KeyInit, Mac};
use rustls::crypto::{hash, hmac as rustls_hmac};
use sha2::Digest;

pub(crate) static SHA256: Sha<Sha256> = Sha(hash::HashAlgorithm::SHA256, PhantomData);
pub(crate) static SHA384: Sha<Sha384> = Sha(hash::HashAlgorithm::SHA384, PhantomData);
pub(crate) static HMAC_SHA256: HmacSha<HmacSha256> = HmacSha(PhantomData);
pub(crate) static HMAC_SHA384: HmacSha<HmacSha384> = HmacSha(PhantomData);

pub(crate) struct Sha<D>(hash::HashAlgorithm, PhantomData<fn() -> D>);

impl<D: Digest + Clone + Send + Sync + 'static> hash::Hash for Sha<D> {
    fn start(&self) -> Box<dyn hash::Context> {
        Box::new(Transcript(D::new()))
    }

    fn hash(&self, data: &[u8]) -> hash::Output {
        hash::Output::new(&D::digest(data))
    }

    fn output_len(&self) -> usize {
        <D as Digest>::output_size()
    }

    fn algorithm(&self) -> hash::HashAlgorithm {
        self.0
    }
}

struct Transcript<D>(D);

impl<D: Digest + Clone + Send + Sync + 'static> hash::Context for Transcript<D> {
    fn fork_finish(&self) -> hash::Output {
        hash::Output::new(&self.0.clone().finalize())
    }

    fn fork(&self) -> Box<dyn hash::Context> {
        Box::new(Self(self.0.clone()))
    }

    fn finish(self: Box<Self>) -> hash::Output {
        hash::Output::new(&self.0.finalize())
    }

    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
}

pub(crate) struct HmacSha<M>(PhantomData<fn() -> M>);

impl<M: Mac + KeyInit + Clone + Send + Sync + 'static> rustls_hmac::Hmac for HmacSha<M> {
    fn with_key(&self, key: &[u8]) -> Box<dyn rustls_hmac::Key> {
        Box::new(Key(
            M::new_from_slice(key).expect("HMAC takes keys of any length")
        ))
    }

    fn hash_output_len(&self) -> usize {
        M::OutputSize::USIZE
    }
}

struct Key<M>(M);

impl<M: Mac + Clone + Send + Sync> rustls_hmac::Key for Key<M> {
    fn sign_concat(&self, first: &[u8], middle: &[&[u8]], last: &[u8]) -> rustls_hmac::Tag {
        let mut mac = self.0.clone();
        mac.update(first);
        middle.iter().for_each(|part| mac.update(part));
        mac.update(last);
        rustls_hmac::Tag::new(&mac.finalize().into_bytes())
    }

    fn tag_len(&self) -> usize {
        M::OutputSize::USIZE
    }
}

#[cfg(test)]
mod tests {
    use rustls::crypto::hash::Hash;
    use rustls::crypto::tls13::{Hkdf, HkdfUsingHmac};

    use super::super::vectors::hex;
    use super::*;

    #[test]
    fn hashes_are_the_ones_of_fips_180() {
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let sha384 = "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed
            8086072ba1e7cc2358baeca134c825a7";
        for (hash, digest) in [(&SHA256 as &dyn Hash, sha256), (&SHA384, sha384)] {
            assert_eq!(hash.hash(b"abc").as_ref(), hex(digest));
            assert_eq!(hash.output_len(), hex(digest).len());
        }
    }

    #[test]
    fn a_fork_leaves_the_transcript_unchanged() {
        let mut transcript = SHA256.start();
        transcript.update(b"a");
        let mut fork = transcript.fork();
        fork.update(b"bc");
        assert_eq!(fork.fork_finish().as_ref(), SHA256.hash(b"abc").as_ref());
        assert_eq!(fork.finish().as_ref(), SHA256.hash(b"abc").as_ref());
        assert_eq!(transcript.finish().as_ref(), SHA256.hash(b"a").as_ref());
    }

    #[test]
    fn hkdf_is_the_one_of_rfc_5869() {
        let hkdf = HkdfUsingHmac(&HMAC_SHA256);
        let expander =
            hkdf.extract_from_secret(Some(&hex("000102030405060708090a0b0c")), &[0x0b; 22]);
        let mut okm = [0; 42];
        expander
            .expand_slice(&[&hex("f0f1f2f3f4"), &hex("f5f6f7f8f9")], &mut okm)
            .unwrap();
        let expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf
            34007208d5b887185865";
        assert_eq!(okm[..], hex(expected));
    }
}

//! Hybrid key exchange by X25519 and ML-KEM-768 (draft-ietf-tls-ecdhe-mlkem). A quantum computer that
//! breaks X25519 one day still cannot decrypt connections recorded today.

use std::fmt;
use std::marker::PhantomData;

use envoi_primitives::MlKem768;
use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved, ProtocolVersion};
use zeroize::Zeroizing;

use super::Platform;
use super::x25519::X25519;

pub(super) struct X25519MlKem768<P>(pub PhantomData<fn() -> P>);

impl<P: Platform> SupportedKxGroup for X25519MlKem768<P> {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let x25519 = X25519::<P>(PhantomData).start()?;
        let mut seed = Zeroizing::new([0; 64]);
        P::random(seed.as_mut_slice()).map_err(GetRandomFailed::from)?;
        let mlkem = MlKem768::from_seed(&seed);
        let share = [&mlkem.public_key(), x25519.pub_key()].concat();
        Ok(Box::new(Exchange {
            mlkem,
            x25519,
            share,
        }))
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        version == ProtocolVersion::TLSv1_3
    }
}

impl<P> fmt::Debug for X25519MlKem768<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("X25519MLKEM768")
    }
}

struct Exchange {
    mlkem: MlKem768,
    x25519: Box<dyn ActiveKeyExchange>,
    share: Vec<u8>,
}

impl ActiveKeyExchange for Exchange {
    /// A ciphertext made for another key gives a different secret, not an error (FIPS 203, section 6.3);
    /// the handshake fails later.
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let (ciphertext, point) = peer
            .split_first_chunk()
            .ok_or(PeerMisbehaved::InvalidKeyShare)?;
        let x25519 = self.x25519.complete(point)?;
        let mlkem = self.mlkem.decapsulate(ciphertext);
        Ok([mlkem.as_slice(), x25519.secret_bytes()].concat().into())
    }

    /// Offers X25519 by itself too, so that a server without ML-KEM needs no HelloRetryRequest.
    fn hybrid_component(&self) -> Option<(NamedGroup, &[u8])> {
        Some((self.x25519.group(), self.x25519.pub_key()))
    }

    fn complete_hybrid_component(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        self.x25519.complete(peer)
    }

    fn pub_key(&self) -> &[u8] {
        &self.share
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }
}

#[cfg(test)]
mod tests {
    use super::super::vectors::refuses;
    use super::*;
    use crate::tls::NoRandomness;

    #[derive(Debug)]
    struct Sevens;

    impl Platform for Sevens {
        fn random(buffer: &mut [u8]) -> Result<(), NoRandomness> {
            buffer.fill(7);
            Ok(())
        }

        fn unix_time() -> std::time::Duration {
            std::time::Duration::ZERO
        }
    }

    const HYBRID: X25519MlKem768<Sevens> = X25519MlKem768(PhantomData);
    const HALF: X25519<Sevens> = X25519(PhantomData);
    const PEER: [u8; 32] = [9; 32];

    #[test]
    fn the_offered_x25519_share_is_part_of_the_hybrid_share() {
        let (hybrid, half) = (HYBRID.start().unwrap(), HALF.start().unwrap());
        assert_eq!(hybrid.pub_key().len(), 1184 + 32);
        assert!(hybrid.pub_key().ends_with(half.pub_key()));
        assert_eq!(
            hybrid.hybrid_component(),
            Some((NamedGroup::X25519, half.pub_key()))
        );
        let secret = half.complete(&PEER).unwrap();
        assert_eq!(
            hybrid
                .complete_hybrid_component(&PEER)
                .unwrap()
                .secret_bytes(),
            secret.secret_bytes()
        );
    }

    #[test]
    fn shares_of_another_length_are_refused() {
        for length in [0, 32, 1087, 1088, 1088 + 31, 1088 + 33, 1184 + 32] {
            refuses(&HYBRID, &vec![9; length]);
        }
    }

    #[test]
    fn a_bad_x25519_half_is_refused() {
        let share = [&[9; 1088][..], &[0; 32]].concat();
        refuses(&HYBRID, &share);
        let exchange = HYBRID.start().unwrap();
        assert_eq!(
            exchange.complete_hybrid_component(&[0; 32]).err(),
            Some(PeerMisbehaved::InvalidKeyShare.into())
        );
    }

    #[test]
    fn it_is_not_usable_in_tls_12() {
        assert!(HYBRID.usable_for_version(ProtocolVersion::TLSv1_3));
        assert!(!HYBRID.usable_for_version(ProtocolVersion::TLSv1_2));
    }
}

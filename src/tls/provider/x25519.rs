//! Key exchange over Curve25519: X25519 (RFC 7748).

use std::fmt;
use std::marker::PhantomData;

use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::Platform;

pub(super) struct X25519<P>(pub PhantomData<fn() -> P>);

impl<P: Platform> SupportedKxGroup for X25519<P> {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let mut secret = Zeroizing::new([0; 32]);
        P::random(secret.as_mut_slice()).map_err(GetRandomFailed::from)?;
        let secret = StaticSecret::from(*secret);
        Ok(Box::new(Exchange {
            public: PublicKey::from(&secret),
            secret,
        }))
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

impl<P: Platform> fmt::Debug for X25519<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("X25519")
    }
}

/// The secret serves one exchange. `EphemeralSecret` takes randomness only from a source that cannot fail.
struct Exchange {
    secret: StaticSecret,
    public: PublicKey,
}

impl ActiveKeyExchange for Exchange {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let peer = <[u8; 32]>::try_from(peer).map_err(|_| PeerMisbehaved::InvalidKeyShare)?;
        let shared = self.secret.diffie_hellman(&PublicKey::from(peer));
        // A point of small order gives zeros, which must be refused (RFC 8446, section 7.4.2).
        if !shared.was_contributory() {
            return Err(PeerMisbehaved::InvalidKeyShare.into());
        }
        Ok(shared.as_bytes().as_slice().into())
    }

    fn pub_key(&self) -> &[u8] {
        self.public.as_bytes()
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

#[cfg(test)]
mod tests {
    use super::super::vectors::{agrees, hex, platform, refuses};
    use super::*;

    platform!(
        Alice,
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
    );

    #[test]
    fn x25519_is_the_one_of_rfc_7748_section_6_1() {
        agrees(
            &X25519::<Alice>(PhantomData),
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
        );
    }

    #[test]
    fn a_thousand_steps_from_the_base_point_end_as_in_rfc_7748_section_5_2() {
        let mut base = [0; 32];
        base[0] = 9;
        let (mut secret, mut point) = (base, base);
        for _ in 0..1000 {
            let exchange = StaticSecret::from(secret);
            let shared = exchange.diffie_hellman(&PublicKey::from(point));
            (secret, point) = (shared.to_bytes(), secret);
        }
        let expected = "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51";
        assert_eq!(secret[..], hex(expected));
    }

    #[test]
    fn points_of_small_order_and_other_lengths_are_refused() {
        let group = X25519::<Alice>(PhantomData);
        let mut point = [0; 32];
        refuses(&group, &point);
        point[0] = 1;
        refuses(&group, &point);
        for length in [0, 31, 33] {
            refuses(&group, &vec![9; length]);
        }
    }
}

//! Key exchange over Curve25519 (RFC 7748).

use std::fmt;
use std::marker::PhantomData;

use envoi_primitives::{x25519, x25519_public_key};
use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved};
use zeroize::Zeroizing;

use super::Host;

pub struct X25519<H>(pub PhantomData<fn() -> H>);

impl<H: Host> SupportedKxGroup for X25519<H> {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let mut secret = Zeroizing::new([0; 32]);
        H::random(secret.as_mut_slice()).map_err(GetRandomFailed::from)?;
        Ok(Box::new(X25519Exchange {
            public: x25519_public_key(&secret),
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

impl<H: Host> fmt::Debug for X25519<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("X25519")
    }
}

struct X25519Exchange {
    secret: Zeroizing<[u8; 32]>,
    public: [u8; 32],
}

impl ActiveKeyExchange for X25519Exchange {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        // A point of small order gives zeros (RFC 8446, section 7.4.2).
        let shared = peer
            .try_into()
            .ok()
            .and_then(|peer| x25519(&self.secret, peer))
            .ok_or(PeerMisbehaved::InvalidKeyShare)?;
        Ok(shared.as_slice().into())
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
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
    use super::super::vectors::{agrees, host, refuses};
    use super::*;

    host!(
        Alice,
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
    );

    #[test]
    fn x25519_is_that_of_rfc_7748_section_6_1() {
        agrees(
            &X25519::<Alice>(PhantomData),
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
        );
    }

    #[test]
    fn x25519_refuses_points_of_small_order_and_other_lengths() {
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

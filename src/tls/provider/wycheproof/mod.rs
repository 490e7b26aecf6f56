//! Google's vectors of edge cases (project Wycheproof), for every primitive and through what rustls
//! calls: what must pass passes, what must fail fails.

mod agreement;
mod encryption;
mod hashes;
mod mlkem;
mod signatures;

use std::cell::RefCell;
use std::fmt::Debug;

use ::wycheproof::TestResult;

use super::{Host, NoRandomness};

/// Counts the vectors that ran, lest a set that is empty, or skipped, passes for one that holds.
#[derive(Default)]
struct Tally {
    taken: usize,
    refused: usize,
}

impl Tally {
    /// Of vectors that are 'acceptable', the caller says what is to become.
    fn count(&mut self, vector: &dyn Debug, result: TestResult, acceptable: bool, taken: bool) {
        let expected = match result {
            TestResult::Valid => true,
            TestResult::Acceptable => acceptable,
            TestResult::Invalid => false,
        };
        assert_eq!(taken, expected, "{vector:?}");
        match taken {
            true => self.taken += 1,
            false => self.refused += 1,
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

/// A host whose randomness is what a vector has for private key.
#[derive(Debug)]
struct Chosen;

impl Chosen {
    fn next(octets: &[u8]) {
        RANDOM.set(octets.to_vec());
    }
}

impl Host for Chosen {
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

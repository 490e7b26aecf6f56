//! The length and the seed of a hunt: short and the same each time by default; `ENVOI_HUNT=long` makes it long, and
//! `ENVOI_HUNT_SEED` repeats another run.

use std::env;

const SEED: u64 = 17;

/// The first number in the short form, the second in the long one.
pub(crate) fn amount(short: usize, long: usize) -> usize {
    match env::var("ENVOI_HUNT").as_deref() {
        Ok("long") => long,
        Ok(other) => panic!("ENVOI_HUNT is `long` or not set, and not {other}"),
        Err(_) => short,
    }
}

pub(crate) fn seed() -> u64 {
    let Ok(seed) = env::var("ENVOI_HUNT_SEED") else {
        return SEED;
    };
    seed.parse()
        .unwrap_or_else(|_| panic!("ENVOI_HUNT_SEED is a number, and not {seed}"))
}

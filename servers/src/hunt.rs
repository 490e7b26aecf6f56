//! What is asked of a test that hunts: by default a short form, the same each time; `ENVOI_HUNT=long` for the long one,
//! `ENVOI_HUNT_SEED=N` for other random choices, `ENVOI_HUNT_CASE=NAME` for a single case.

use std::env;

const SEED: u64 = 17;

/// # Panics
/// If `ENVOI_HUNT` is another word.
pub fn is_long() -> bool {
    match env::var("ENVOI_HUNT").as_deref() {
        Ok("long") => true,
        Ok(other) => panic!("ENVOI_HUNT is `long` or not set, and not {other}"),
        Err(_) => false,
    }
}

/// The first in the short form, the second in the long one.
pub fn amount<T>(short: T, long: T) -> T {
    if is_long() { long } else { short }
}

/// The seed of a test's random choices.
///
/// # Panics
/// As [`chosen_seed`] does.
pub fn seed() -> u64 {
    chosen_seed().unwrap_or(SEED)
}

/// # Panics
/// If `ENVOI_HUNT_SEED` is no number.
pub fn chosen_seed() -> Option<u64> {
    let seed = env::var("ENVOI_HUNT_SEED").ok()?;
    let parsed = seed.parse();
    Some(parsed.unwrap_or_else(|_| panic!("ENVOI_HUNT_SEED is a number, and not {seed}")))
}

pub fn case() -> Option<String> {
    env::var("ENVOI_HUNT_CASE").ok()
}

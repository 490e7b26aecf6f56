//! Checks the cryptography in WebAssembly, compiled as in the component: by vectors of RFC 8439 and
//! Wycheproof, and by random comparisons with RustCrypto's crates.
//!
//! An export returns how many vectors or comparisons ran, or -1 - n if n was the first to fail.

#![cfg(target_feature = "simd128")]

mod compare;
mod random;
mod rfc8439;
mod wycheproof;

use random::Random;

macro_rules! exports {
    ($($name:ident($($argument:ident: $type:ty),*) $check:expr;)*) => {
        $(#[unsafe(no_mangle)]
        pub extern "C" fn $name($($argument: $type),*) -> i32 {
            match $check {
                Ok(ran) => ran,
                Err(failed) => -1 - failed,
            }
        })*
    };
}

exports! {
    compare_chacha20(seed: u64, times: u32) compare::all(seed, times, compare::chacha20);
    compare_poly1305(seed: u64, times: u32) compare::all(seed, times, compare::poly1305);
    compare_chacha20_poly1305(seed: u64, times: u32) compare::all(seed, times, compare::chacha20_poly1305);
    rfc8439() rfc8439::vectors();
    wycheproof_chacha20_poly1305() wycheproof::chacha20_poly1305();
    wycheproof_ecdsa_p256() wycheproof::ecdsa_p256();
    wycheproof_ecdsa_p384() wycheproof::ecdsa_p384();
    wycheproof_ed25519() wycheproof::ed25519();
    wycheproof_ml_kem_768() wycheproof::ml_kem_768();
    wycheproof_x25519() wycheproof::x25519();
}

/// How many ran, or the number of the first to fail.
type Outcome = Result<i32, i32>;

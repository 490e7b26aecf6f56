//! Wipes the stack.

use zeroize::Zeroize;

/// Of eight octets each: 64 KiB, more than the calls take that a hash, an HMAC or a signature makes. P-384 takes
/// more than 16 KiB.
const WORDS: usize = 8 * 1024;

/// Wipes what finished calls have left below the caller on the stack: hashes and signatures copy keys there, and do
/// not wipe all of them.
#[inline(never)]
pub fn wipe_stack() {
    let mut left = [0_u64; WORDS];
    left.zeroize();
}

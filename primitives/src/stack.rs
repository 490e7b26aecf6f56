//! Wipes the stack.

use zeroize::Zeroize;

/// More than the calls take that a hash, an HMAC or a signature makes.
const OCTETS: usize = 16 * 1024;

/// Wipes what finished calls have left below the caller on the stack: hashes and signatures copy keys there, and do
/// not wipe all of them.
#[inline(never)]
pub fn wipe_stack() {
    let mut left = [0_u8; OCTETS];
    left.zeroize();
}

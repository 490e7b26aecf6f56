//! Randomness: from the host.

use wasip2::random::random::get_random_bytes;

/// Fills `buffer` with bytes fit for keys.
pub fn random(buffer: &mut [u8]) {
    let bytes = get_random_bytes(buffer.len() as u64);
    for (to, from) in buffer.iter_mut().zip(bytes) {
        *to = from;
    }
}

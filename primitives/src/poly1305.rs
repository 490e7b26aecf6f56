//! Poly1305 (RFC 8439, section 2.5) over words of 64 bits, as ChaCha20-Poly1305 uses it: on whole blocks.
//!
//! The crate `poly1305` has words of 26 bits, which wide arithmetic makes nothing of. No branch and no
//! index depends on a secret here.

use zeroize::Zeroize;

/// Octets.
const BLOCK: usize = 16;
/// The bits of the multiplier that RFC 8439, section 2.5, clears, a word each.
const CLAMP: [u64; 2] = [0x0fff_fffc_0fff_ffff, 0x0fff_fffc_0fff_fffc];

pub struct Poly1305 {
    multiplier: [u64; 2],
    /// The multiplier's high word times five quarters: 2^130 is 5 here.
    folded: u64,
    /// Added to the sum at the end.
    pad: [u64; 2],
    /// Below 2^131.
    sum: [u64; 3],
}

impl Poly1305 {
    pub fn new(key: &[u8; 32]) -> Self {
        let (words, _) = key.as_chunks::<8>();
        let word = |at: usize| u64::from_le_bytes(words[at]);
        let multiplier = [word(0) & CLAMP[0], word(1) & CLAMP[1]];
        Self {
            multiplier,
            folded: multiplier[1] + (multiplier[1] >> 2),
            pad: [word(2), word(3)],
            sum: [0; 3],
        }
    }

    /// With zeros up to a whole block.
    pub fn update_padded(&mut self, data: &[u8]) {
        let (blocks, rest) = data.as_chunks::<BLOCK>();
        for block in blocks {
            self.add(u128::from_le_bytes(*block));
        }
        if !rest.is_empty() {
            let mut last = [0; BLOCK];
            last[..rest.len()].copy_from_slice(rest);
            self.add(u128::from_le_bytes(last));
        }
    }

    pub fn finish(self) -> [u8; BLOCK] {
        let [low, high, top] = self.sum;
        let sum = join(low, high);
        // Less the modulus, 2^130 - 5, where it is not less than that.
        let (reduced, carry) = sum.overflowing_add(5);
        let is_over = (top + u64::from(carry)) >> 2;
        let mask = u128::from(is_over & 1).wrapping_neg();
        let sum = (sum & !mask) | (reduced & mask);
        sum.wrapping_add(join(self.pad[0], self.pad[1]))
            .to_le_bytes()
    }

    /// The sum and the block, with the bit above it, times the multiplier.
    #[inline(always)]
    fn add(&mut self, block: u128) {
        let [low, high, top] = self.sum;
        let (sum, carry) = join(low, high).overflowing_add(block);
        let top = top + u64::from(carry) + 1;
        let (low, high) = (sum as u64, (sum >> 64) as u64);

        let [first, second] = self.multiplier;
        let product = wide(low, first) + wide(high, self.folded);
        let upper = wide(low, second) + wide(high, first) + u128::from(top * self.folded);
        let upper = upper + (product >> 64);
        let top = top * first + (upper >> 64) as u64;

        // What is above 2^130, times five, comes below.
        let over = (top >> 2) + (top & !3);
        let (sum, carry) = join(product as u64, upper as u64).overflowing_add(u128::from(over));
        self.sum = [sum as u64, (sum >> 64) as u64, (top & 3) + u64::from(carry)];
    }
}

impl Drop for Poly1305 {
    fn drop(&mut self) {
        self.multiplier.zeroize();
        self.folded.zeroize();
        self.pad.zeroize();
        self.sum.zeroize();
    }
}

#[inline(always)]
fn wide(a: u64, b: u64) -> u128 {
    u128::from(a) * u128::from(b)
}

#[inline(always)]
fn join(low: u64, high: u64) -> u128 {
    u128::from(low) | u128::from(high) << 64
}

#[cfg(test)]
mod tests {
    use poly1305::universal_hash::{KeyInit, UniversalHash};

    use super::*;

    fn tag(key: &[u8; 32], text: &[u8]) -> [u8; 16] {
        let mut mac = Poly1305::new(key);
        mac.update_padded(text);
        mac.finish()
    }

    /// The crate's.
    fn expected(key: &[u8; 32], text: &[u8]) -> [u8; 16] {
        let mut mac = poly1305::Poly1305::new(key.into());
        mac.update_padded(text);
        mac.finalize().into()
    }

    /// RFC 8439, appendix A.3, vectors 7 to 9, where a carry is easily lost.
    #[test]
    fn sums_at_the_edge_of_the_modulus() {
        let key = |multiplier: u8| {
            let mut key = [0; 32];
            key[0] = multiplier;
            key
        };
        let small = |value: u8| {
            let mut block = [0; 16];
            block[0] = value;
            block
        };
        let ones = [0xff; 16];
        let filled = |first: u8, rest: u8| {
            let mut block = [rest; 16];
            block[0] = first;
            block
        };
        let edge = [ones, filled(0xf0, 0xff), small(0x11)];
        assert_eq!(tag(&key(1), edge.as_flattened()), small(5));
        let edge = [ones, filled(0xfb, 0xfe), [1; 16]];
        assert_eq!(tag(&key(1), edge.as_flattened()), small(0));
        assert_eq!(tag(&key(2), &filled(0xfd, 0xff)), filled(0xfa, 0xff));
    }

    #[test]
    fn tags_are_those_of_the_library() {
        // Keys and texts of extreme octets too, where carries run far.
        for octet in [0, 1, 0x7f, 0x80, 0xfb, 0xfe, 0xff] {
            for length in 0..200_usize {
                let mut key: [u8; 32] = [octet; 32];
                let mut text = vec![octet; length];
                assert_eq!(tag(&key, &text), expected(&key, &text));
                text.iter_mut()
                    .zip(0..)
                    .for_each(|(at, number)| *at ^= number);
                key[length % 32] ^= length as u8;
                assert_eq!(tag(&key, &text), expected(&key, &text));
            }
        }
    }
}

//! Poly1305 (RFC 8439, section 2.5) over SIMD vectors, four blocks at once. The authenticator of
//! ChaCha20-Poly1305: it takes whole blocks.
//!
//! The crate `poly1305` has no such code for WebAssembly. A number has five limbs of 26 bits, the lowest
//! first. A limb may be slightly larger: sums of products still fit 64 bits. No branch and no index
//! depends on a secret.

use core::array::from_fn;

use zeroize::Zeroize;

use crate::lanes::{Lanes, Wide, transpose};

/// Octets.
const BLOCK: usize = 16;
/// The bits of the key that form the multiplier r (RFC 8439, section 2.5).
const CLAMP: u128 = 0x0fff_fffc_0fff_fffc_0fff_fffc_0fff_ffff;
/// Bits in a limb.
const LIMB: u32 = 26;
const MASK: u32 = (1 << LIMB) - 1;
/// The bit that is set above each block (RFC 8439, section 2.5.1), in the last limb.
const ABOVE: u32 = 1 << 24;
/// 2^130 modulo 2^130 - 5.
const FOLD: u32 = 5;

/// A number in each lane, the lowest limb first.
type Numbers = [Lanes; 5];

/// The tag of one message, under a key that no other message may have.
pub struct Poly1305 {
    /// The fourth power of r, in each lane.
    fourth: Multiplier,
    /// The fourth, third, second and first power of r.
    powers: Multiplier,
    /// Added to the sum at the end.
    pad: u128,
    sum: [u32; 5],
}

impl Poly1305 {
    /// `key` is r, which is clamped here, and then s (RFC 8439, section 2.5).
    #[inline(never)]
    pub fn new(key: &[u8; 32]) -> Self {
        let (halves, _) = key.as_chunks();
        let [multiplier, pad] = [0, 1].map(|half| u128::from_le_bytes(halves[half]));
        let first = limbs(multiplier & CLAMP).map(Lanes::all);
        let multiplier = Multiplier::new(first);
        let second = carry(multiplier.times(&first));
        let third = carry(multiplier.times(&second));
        let fourth = carry(multiplier.times(&third));
        let powers =
            from_fn(|at| Lanes::new([fourth, third, second, first].map(|power| power[at].first())));
        Self {
            fourth: Multiplier::new(fourth),
            powers: Multiplier::new(powers),
            pad,
            sum: [0; 5],
        }
    }

    /// Pads the last block with zeros (RFC 8439, section 2.8).
    #[inline(never)]
    pub fn update_padded(&mut self, data: &[u8]) {
        let (blocks, rest) = data.as_chunks::<BLOCK>();
        let (fours, blocks) = blocks.as_chunks();
        if let Some((first, others)) = fours.split_first() {
            self.add_fours(first, others);
        }
        blocks.iter().for_each(|block| self.add(*block));
        if !rest.is_empty() {
            let mut last = [0; BLOCK];
            last[..rest.len()].copy_from_slice(rest);
            self.add(last);
        }
    }

    /// Each lane takes every fourth block; the first lane starts with the sum so far.
    fn add_fours(&mut self, first: &[[u8; BLOCK]; 4], others: &[[[u8; BLOCK]; 4]]) {
        let before = self.sum.map(|limb| Lanes::new([limb, 0, 0, 0]));
        let mut numbers = add(before, read(first));
        for blocks in others {
            numbers = add(carry(self.fourth.times(&numbers)), read(blocks));
        }
        self.gather(&numbers);
    }

    /// The block goes into the last lane, whose power is the first.
    fn add(&mut self, block: [u8; BLOCK]) {
        let mut number = limbs(u128::from_le_bytes(block));
        number[4] |= ABOVE;
        self.gather(&from_fn(|at| {
            Lanes::new([0, 0, 0, self.sum[at] + number[at]])
        }));
    }

    /// Multiplies each lane by its power of r, and adds the lanes up.
    fn gather(&mut self, numbers: &Numbers) {
        let products = self.powers.times(numbers);
        self.sum = carry(products.map(Wide::sum)).map(Lanes::first);
    }

    /// The tag, to be compared in constant time.
    #[inline(never)]
    pub fn finish(self) -> [u8; BLOCK] {
        let [first, second, third, fourth, fifth] = self.sum.map(u128::from);
        let low = first + (second << 26) + (third << 52) + (fourth << 78);
        let (low, carry) = low.overflowing_add(fifth << 104);
        let top = (fifth >> 24) + u128::from(carry);
        // Subtracts the modulus, 2^130 - 5, if the sum is not less.
        let (reduced, carry) = low.overflowing_add(5);
        let is_over = (top + u128::from(carry)) >> 2;
        let mask = is_over.wrapping_neg();
        let sum = (low & !mask) | (reduced & mask);
        sum.wrapping_add(self.pad).to_le_bytes()
    }
}

impl Drop for Poly1305 {
    fn drop(&mut self) {
        self.fourth.zeroize();
        self.powers.zeroize();
        self.pad.zeroize();
        self.sum.zeroize();
    }
}

/// Multiplies modulo 2^130 - 5, without carrying.
struct Multiplier {
    limbs: Numbers,
    /// The limbs times `FOLD`: for products above the fifth limb.
    folded: Numbers,
}

impl Multiplier {
    #[inline(always)]
    fn new(limbs: Numbers) -> Self {
        let folded = limbs.map(|limb| limb.scale(FOLD));
        Self { limbs, folded }
    }

    #[inline(always)]
    fn times(&self, numbers: &Numbers) -> [Wide; 5] {
        from_fn(|at| {
            let product = |of: usize| {
                let factor = if of <= at {
                    self.limbs[at - of]
                } else {
                    self.folded[5 + at - of]
                };
                numbers[of].times(factor)
            };
            (1..5).fold(product(0), |sum, of| sum.add(product(of)))
        })
    }
}

impl Zeroize for Multiplier {
    fn zeroize(&mut self) {
        self.limbs.zeroize();
        self.folded.zeroize();
    }
}

fn limbs(number: u128) -> [u32; 5] {
    from_fn(|at| (number >> (LIMB * at as u32)) as u32 & MASK)
}

#[inline(always)]
fn read(blocks: &[[u8; BLOCK]; 4]) -> Numbers {
    let mask = Lanes::all(MASK);
    let [a, b, c, d] = transpose([0, 1, 2, 3].map(|at| Lanes::load(&blocks[at])));
    [
        a.and(mask),
        a.shift_right::<26>().or(b.shift_left::<6>()).and(mask),
        b.shift_right::<20>().or(c.shift_left::<12>()).and(mask),
        c.shift_right::<14>().or(d.shift_left::<18>()).and(mask),
        d.shift_right::<8>().or(Lanes::all(ABOVE)),
    ]
}

#[inline(always)]
fn add(numbers: Numbers, others: Numbers) -> Numbers {
    from_fn(|at| numbers[at].add(others[at]))
}

/// Leaves 26 bits in a limb; in the second and the last a little more.
#[inline(always)]
fn carry(mut sums: [Wide; 5]) -> Numbers {
    let mut carry = |from: usize, to: usize| {
        let over = sums[from].shift_right(LIMB);
        sums[from] = sums[from].low_bits(LIMB);
        sums[to] = sums[to].add(over);
        // The carry out of the last limb goes to the first, times five.
        if to == 0 {
            sums[0] = sums[0].add(over).add(over).add(over).add(over);
        }
    };
    // Two chains by turns, so that no step waits for the one before.
    for (from, to) in [(0, 1), (3, 4), (1, 2), (4, 0), (2, 3), (0, 1), (3, 4)] {
        carry(from, to);
    }
    sums.map(|sum| Lanes::narrow(sum.0))
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

    /// By the crate `poly1305`.
    fn expected(key: &[u8; 32], text: &[u8]) -> [u8; 16] {
        let mut mac = poly1305::Poly1305::new(key.into());
        mac.update_padded(text);
        mac.finalize().into()
    }

    /// RFC 8439, appendix A.3, vectors 7 to 9: a carry is easily lost in them.
    #[test]
    fn sums_at_the_edge_of_the_modulus_are_reduced() {
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
    fn tags_equal_those_of_the_crate() {
        // Extreme octets make carries run far.
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

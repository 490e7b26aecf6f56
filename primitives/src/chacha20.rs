//! ChaCha20 (RFC 8439, section 2.4) over SIMD vectors, four blocks at once: a vector holds the same word
//! of each block.
//!
//! The crate `chacha20` has no such code for WebAssembly.

use zeroize::Zeroize;

use crate::lanes::{Lanes, transpose};

/// Octets in four blocks.
const STRIDE: usize = 256;
/// "expand 32-byte k" in little-endian words.
const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];
const COUNTER: usize = 12;

/// The state: constants, key, counter, nonce (RFC 8439, section 2.3).
pub struct ChaCha20([u32; 16]);

impl ChaCha20 {
    /// `counter` is the number of the first block: 1 if block 0 keys Poly1305 (RFC 8439, section 2.6).
    #[inline(never)]
    pub fn new(key: &[u8; 32], nonce: &[u8; 12], counter: u32) -> Self {
        let mut state = [0; 16];
        let (constants, rest) = state.split_at_mut(4);
        constants.copy_from_slice(&CONSTANTS);
        let counter = counter.to_le_bytes();
        let mut octets = key.iter().chain(&counter).chain(nonce).copied();
        for word in rest {
            let mut next = || octets.next().unwrap_or_default();
            *word = u32::from_le_bytes([next(), next(), next(), next()]);
        }
        Self(state)
    }

    /// Encrypts or decrypts. Call it again only if `text` was a multiple of 256 octets.
    #[inline(never)]
    pub fn apply(&mut self, text: &mut [u8]) {
        let (whole, rest) = text.as_chunks_mut::<STRIDE>();
        for part in whole {
            self.xor(part);
        }
        if !rest.is_empty() {
            let mut last = [0; STRIDE];
            last[..rest.len()].copy_from_slice(rest);
            self.xor(&mut last);
            rest.copy_from_slice(&last[..rest.len()]);
            last.zeroize();
        }
    }

    #[inline(always)]
    fn xor(&mut self, text: &mut [u8; STRIDE]) {
        let mut input = self.0.map(Lanes::all);
        input[COUNTER] = input[COUNTER].add(Lanes::new([0, 1, 2, 3]));
        let mut words = input;
        for _ in 0..10 {
            double_round(&mut words);
        }
        let (pieces, _) = text.as_chunks_mut::<16>();
        for column in 0..4 {
            let at = 4 * column;
            let words = [at, at + 1, at + 2, at + 3].map(|word| words[word].add(input[word]));
            for (block, keystream) in transpose(words).into_iter().enumerate() {
                keystream.xor_into(&mut pieces[4 * block + column]);
            }
        }
        self.0[COUNTER] = self.0[COUNTER].wrapping_add(4);
    }
}

impl Drop for ChaCha20 {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[inline(always)]
fn double_round(words: &mut [Lanes; 16]) {
    quarter_round(words, [0, 4, 8, 12]);
    quarter_round(words, [1, 5, 9, 13]);
    quarter_round(words, [2, 6, 10, 14]);
    quarter_round(words, [3, 7, 11, 15]);
    quarter_round(words, [0, 5, 10, 15]);
    quarter_round(words, [1, 6, 11, 12]);
    quarter_round(words, [2, 7, 8, 13]);
    quarter_round(words, [3, 4, 9, 14]);
}

#[inline(always)]
fn quarter_round(words: &mut [Lanes; 16], [a, b, c, d]: [usize; 4]) {
    words[a] = words[a].add(words[b]);
    words[d] = rotate::<16, 16>(words[d].xor(words[a]));
    words[c] = words[c].add(words[d]);
    words[b] = rotate::<12, 20>(words[b].xor(words[c]));
    words[a] = words[a].add(words[b]);
    words[d] = rotate::<8, 24>(words[d].xor(words[a]));
    words[c] = words[c].add(words[d]);
    words[b] = rotate::<7, 25>(words[b].xor(words[c]));
}

/// To the left. wasmtime makes slower code of a shuffle of octets.
#[inline(always)]
fn rotate<const LEFT: u32, const RIGHT: u32>(words: Lanes) -> Lanes {
    words.shift_left::<LEFT>().or(words.shift_right::<RIGHT>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_the_one_of_rfc_8439_section_2_3_2() {
        let key: Vec<u8> = (0..32).collect();
        let nonce = [0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0];
        let mut text = [0; 64];
        ChaCha20::new(key.as_slice().try_into().unwrap(), &nonce, 1).apply(&mut text);
        let expected: [u32; 16] = [
            0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033, 0x9aaa2204,
            0x4e6cd4c3, 0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9, 0xd19c12b5, 0xb94e16de,
            0xe883d0cb, 0x4e3c50a2,
        ];
        let expected: Vec<u8> = expected.into_iter().flat_map(u32::to_le_bytes).collect();
        assert_eq!(text, *expected);
    }
}

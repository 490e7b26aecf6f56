//! Vectors of four 32-bit words, for SIMD: WebAssembly's `v128`; on other targets arrays, so that native
//! tests cover the code above this module.

use zeroize::DefaultIsZeroes;

#[cfg(not(target_feature = "simd128"))]
pub use arrays::{Half, Lanes, transpose};
#[cfg(target_feature = "simd128")]
pub use simd128::{Half, Lanes, transpose};

impl Default for Lanes {
    fn default() -> Self {
        Self::all(0)
    }
}

/// Makes vectors wipeable.
impl DefaultIsZeroes for Lanes {}

/// Four words of 64 bits.
#[derive(Clone, Copy)]
pub struct Wide(pub [Half; 2]);

impl Wide {
    #[inline(always)]
    pub fn add(self, other: Self) -> Self {
        let ([a, b], [c, d]) = (self.0, other.0);
        Self([a.add(c), b.add(d)])
    }

    #[inline(always)]
    pub fn low_bits(self, bits: u32) -> Self {
        Self(self.0.map(|half| half.low_bits(bits)))
    }

    #[inline(always)]
    pub fn shift_right(self, bits: u32) -> Self {
        Self(self.0.map(|half| half.shift_right(bits)))
    }

    /// The sum of the four words, in each word.
    #[inline(always)]
    pub fn sum(self) -> Self {
        let sum = self.0[0].add(self.0[1]);
        Self([sum.add(sum.swapped()); 2])
    }
}

#[cfg(target_feature = "simd128")]
mod simd128 {
    use core::arch::wasm32::*;

    use super::Wide;

    #[derive(Clone, Copy)]
    pub struct Lanes(v128);

    impl Lanes {
        #[inline(always)]
        pub fn all(word: u32) -> Self {
            Self(u32x4_splat(word))
        }

        #[inline(always)]
        pub fn new([a, b, c, d]: [u32; 4]) -> Self {
            Self(u32x4(a, b, c, d))
        }

        /// Reads little-endian words. LLVM makes one `v128.load` of it.
        #[inline(always)]
        pub fn load(octets: &[u8; 16]) -> Self {
            let (words, _) = octets.as_chunks();
            let word = |lane: usize| u32::from_le_bytes(words[lane]);
            Self(u32x4(word(0), word(1), word(2), word(3)))
        }

        #[inline(always)]
        pub fn first(self) -> u32 {
            u32x4_extract_lane::<0>(self.0)
        }

        #[inline(always)]
        pub fn add(self, other: Self) -> Self {
            Self(u32x4_add(self.0, other.0))
        }

        #[inline(always)]
        pub fn and(self, other: Self) -> Self {
            Self(v128_and(self.0, other.0))
        }

        #[inline(always)]
        pub fn or(self, other: Self) -> Self {
            Self(v128_or(self.0, other.0))
        }

        #[inline(always)]
        pub fn xor(self, other: Self) -> Self {
            Self(v128_xor(self.0, other.0))
        }

        #[inline(always)]
        pub fn shift_left<const BITS: u32>(self) -> Self {
            Self(u32x4_shl(self.0, BITS))
        }

        #[inline(always)]
        pub fn shift_right<const BITS: u32>(self) -> Self {
            Self(u32x4_shr(self.0, BITS))
        }

        /// LLVM makes one `v128.store` of it.
        #[inline(always)]
        pub fn xor_into(self, text: &mut [u8; 16]) {
            let sum = v128_xor(self.0, Self::load(text).0);
            let (words, _) = text.as_chunks_mut();
            words[0] = u32x4_extract_lane::<0>(sum).to_le_bytes();
            words[1] = u32x4_extract_lane::<1>(sum).to_le_bytes();
            words[2] = u32x4_extract_lane::<2>(sum).to_le_bytes();
            words[3] = u32x4_extract_lane::<3>(sum).to_le_bytes();
        }

        #[inline(always)]
        pub fn times(self, other: Self) -> Wide {
            let low = u64x2_extmul_low_u32x4(self.0, other.0);
            let high = u64x2_extmul_high_u32x4(self.0, other.0);
            Wide([Half(low), Half(high)])
        }

        /// The low half of each product.
        #[inline(always)]
        pub fn scale(self, factor: u32) -> Self {
            Self(u32x4_mul(self.0, u32x4_splat(factor)))
        }

        /// The low half of each word.
        #[inline(always)]
        pub fn narrow([low, high]: [Half; 2]) -> Self {
            Self(i32x4_shuffle::<0, 2, 4, 6>(low.0, high.0))
        }
    }

    /// Turns four vectors of one word of each block into four of the words of one block, and back.
    #[inline(always)]
    pub fn transpose([a, b, c, d]: [Lanes; 4]) -> [Lanes; 4] {
        let low_ab = i32x4_shuffle::<0, 4, 1, 5>(a.0, b.0);
        let high_ab = i32x4_shuffle::<2, 6, 3, 7>(a.0, b.0);
        let low_cd = i32x4_shuffle::<0, 4, 1, 5>(c.0, d.0);
        let high_cd = i32x4_shuffle::<2, 6, 3, 7>(c.0, d.0);
        [
            Lanes(i64x2_shuffle::<0, 2>(low_ab, low_cd)),
            Lanes(i64x2_shuffle::<1, 3>(low_ab, low_cd)),
            Lanes(i64x2_shuffle::<0, 2>(high_ab, high_cd)),
            Lanes(i64x2_shuffle::<1, 3>(high_ab, high_cd)),
        ]
    }

    /// Two words of 64 bits.
    #[derive(Clone, Copy)]
    pub struct Half(v128);

    impl Half {
        #[inline(always)]
        pub fn add(self, other: Self) -> Self {
            Self(u64x2_add(self.0, other.0))
        }

        #[inline(always)]
        pub fn low_bits(self, bits: u32) -> Self {
            Self(v128_and(self.0, u64x2_splat((1 << bits) - 1)))
        }

        #[inline(always)]
        pub fn shift_right(self, bits: u32) -> Self {
            Self(u64x2_shr(self.0, bits))
        }

        #[inline(always)]
        pub fn swapped(self) -> Self {
            Self(i64x2_shuffle::<1, 0>(self.0, self.0))
        }
    }
}

/// Checks for overflow, in debug builds, if a sum or product must fit.
#[cfg(not(target_feature = "simd128"))]
mod arrays {
    use core::array::from_fn;

    use super::Wide;

    #[derive(Clone, Copy)]
    pub struct Lanes([u32; 4]);

    impl Lanes {
        pub fn all(word: u32) -> Self {
            Self([word; 4])
        }

        pub fn new(words: [u32; 4]) -> Self {
            Self(words)
        }

        pub fn load(octets: &[u8; 16]) -> Self {
            let (words, _) = octets.as_chunks();
            Self(from_fn(|lane| u32::from_le_bytes(words[lane])))
        }

        pub fn first(self) -> u32 {
            self.0[0]
        }

        pub fn add(self, other: Self) -> Self {
            Self(from_fn(|lane| self.0[lane].wrapping_add(other.0[lane])))
        }

        pub fn and(self, other: Self) -> Self {
            Self(from_fn(|lane| self.0[lane] & other.0[lane]))
        }

        pub fn or(self, other: Self) -> Self {
            Self(from_fn(|lane| self.0[lane] | other.0[lane]))
        }

        pub fn xor(self, other: Self) -> Self {
            Self(from_fn(|lane| self.0[lane] ^ other.0[lane]))
        }

        pub fn shift_left<const BITS: u32>(self) -> Self {
            Self(self.0.map(|word| word << BITS))
        }

        pub fn shift_right<const BITS: u32>(self) -> Self {
            Self(self.0.map(|word| word >> BITS))
        }

        pub fn xor_into(self, text: &mut [u8; 16]) {
            let keystream = self.0.into_iter().flat_map(u32::to_le_bytes);
            text.iter_mut()
                .zip(keystream)
                .for_each(|(octet, key)| *octet ^= key);
        }

        pub fn times(self, other: Self) -> Wide {
            let product = |lane: usize| u64::from(self.0[lane]) * u64::from(other.0[lane]);
            Wide([
                Half([product(0), product(1)]),
                Half([product(2), product(3)]),
            ])
        }

        pub fn scale(self, factor: u32) -> Self {
            Self(self.0.map(|word| word * factor))
        }

        pub fn narrow(halves: [Half; 2]) -> Self {
            let [[a, b], [c, d]] = halves.map(|half| half.0);
            Self([a, b, c, d].map(|word| word as u32))
        }
    }

    pub fn transpose(rows: [Lanes; 4]) -> [Lanes; 4] {
        from_fn(|lane| Lanes(rows.map(|row| row.0[lane])))
    }

    #[derive(Clone, Copy)]
    pub struct Half([u64; 2]);

    impl Half {
        pub fn add(self, other: Self) -> Self {
            Self(from_fn(|lane| self.0[lane] + other.0[lane]))
        }

        pub fn low_bits(self, bits: u32) -> Self {
            Self(self.0.map(|word| word & ((1 << bits) - 1)))
        }

        pub fn shift_right(self, bits: u32) -> Self {
            Self(self.0.map(|word| word >> bits))
        }

        pub fn swapped(self) -> Self {
            let [a, b] = self.0;
            Self([b, a])
        }
    }
}

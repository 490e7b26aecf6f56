//! Four words of 32 bits at once: WebAssembly's vectors, and arrays in their place elsewhere, by which
//! tests hold what is computed with either.

use zeroize::DefaultIsZeroes;

#[cfg(not(target_feature = "simd128"))]
pub use arrays::{Lanes, Wide, transpose};
#[cfg(target_feature = "simd128")]
pub use simd128::{Lanes, Wide, transpose};

impl Default for Lanes {
    fn default() -> Self {
        Self::all(0)
    }
}

/// So that what was secret can be wiped.
impl DefaultIsZeroes for Lanes {}

#[cfg(target_feature = "simd128")]
mod simd128 {
    use core::arch::wasm32::*;

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

        /// Of little-endian words.
        #[inline(always)]
        pub fn load(octets: &[u8; 16]) -> Self {
            // SAFETY: 16 octets are there to be read, at any alignment.
            Self(unsafe { v128_load(octets.as_ptr().cast()) })
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

        #[inline(always)]
        pub fn xor_into(self, text: &mut [u8; 16]) {
            let place: *mut v128 = text.as_mut_ptr().cast();
            // SAFETY: 16 octets are there to be read and written, at any alignment.
            unsafe { v128_store(place, v128_xor(self.0, v128_load(place))) }
        }

        #[inline(always)]
        pub fn times(self, other: Self) -> Wide {
            let low = u64x2_extmul_low_u32x4(self.0, other.0);
            Wide([low, u64x2_extmul_high_u32x4(self.0, other.0)])
        }
    }

    /// A word of each block becomes a block's words, and the other way round.
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

    /// Four words of 64 bits.
    #[derive(Clone, Copy)]
    pub struct Wide([v128; 2]);

    impl Wide {
        #[inline(always)]
        pub fn add(self, other: Self) -> Self {
            let ([a, b], [c, d]) = (self.0, other.0);
            Self([u64x2_add(a, c), u64x2_add(b, d)])
        }

        #[inline(always)]
        pub fn low_bits<const BITS: u32>(self) -> Self {
            let mask = u64x2_splat((1 << BITS) - 1);
            Self(self.0.map(|pair| v128_and(pair, mask)))
        }

        #[inline(always)]
        pub fn shift_right<const BITS: u32>(self) -> Self {
            Self(self.0.map(|pair| u64x2_shr(pair, BITS)))
        }

        /// The low halves.
        #[inline(always)]
        pub fn narrow(self) -> Lanes {
            Lanes(i32x4_shuffle::<0, 2, 4, 6>(self.0[0], self.0[1]))
        }

        /// All four together, in each lane.
        #[inline(always)]
        pub fn sum(self) -> Self {
            let pair = u64x2_add(self.0[0], self.0[1]);
            let sum = u64x2_add(pair, i64x2_shuffle::<1, 0>(pair, pair));
            Self([sum; 2])
        }
    }
}

#[cfg(not(target_feature = "simd128"))]
mod arrays {
    use core::array::from_fn;

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
            Wide(from_fn(|lane| {
                u64::from(self.0[lane]) * u64::from(other.0[lane])
            }))
        }
    }

    pub fn transpose(rows: [Lanes; 4]) -> [Lanes; 4] {
        from_fn(|lane| Lanes(rows.map(|row| row.0[lane])))
    }

    #[derive(Clone, Copy)]
    pub struct Wide([u64; 4]);

    impl Wide {
        /// A carry out of 64 bits would be a mistake.
        pub fn add(self, other: Self) -> Self {
            Self(from_fn(|lane| self.0[lane] + other.0[lane]))
        }

        pub fn low_bits<const BITS: u32>(self) -> Self {
            Self(self.0.map(|word| word & ((1 << BITS) - 1)))
        }

        pub fn shift_right<const BITS: u32>(self) -> Self {
            Self(self.0.map(|word| word >> BITS))
        }

        pub fn narrow(self) -> Lanes {
            Lanes(self.0.map(|word| word as u32))
        }

        pub fn sum(self) -> Self {
            Self([self.0.iter().sum(); 4])
        }
    }
}

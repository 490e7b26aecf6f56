//! A search through 64 octets at once (SIMD): which of them are CR, LF or anything else, as bits of a word.
//!
//! A search octet by octet, or for one line end after the other, bounds how fast a message of short lines is
//! sent: base64 has lines of 76 octets (RFC 2045, section 6.8).

use wide::u8x64;

const WIDTH: usize = 64;

/// Up to 64 octets. Bit i of a mask is about octet i.
pub(super) struct Block {
    octets: u8x64,
    len: usize,
}

impl Block {
    /// Calls `visit` with each block of `octets` in order, and with the index of its first octet.
    pub fn try_each<E>(
        octets: &[u8],
        mut visit: impl FnMut(usize, Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let (whole, rest) = octets.as_chunks::<WIDTH>();
        let mut index = 0;
        for block in whole {
            visit(index, Self::new(*block, WIDTH))?;
            index += WIDTH;
        }
        if rest.is_empty() {
            return Ok(());
        }
        // What follows the last octet is in no mask.
        let mut padded = [b' '; WIDTH];
        for (place, octet) in padded.iter_mut().zip(rest) {
            *place = *octet;
        }
        visit(index, Self::new(padded, rest.len()))
    }

    fn new(octets: [u8; WIDTH], len: usize) -> Self {
        Self {
            octets: u8x64::new(octets),
            len,
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// The octets equal to `octet`, which is not a space.
    pub fn equal(&self, octet: u8) -> u64 {
        self.octets.simd_eq(u8x64::splat(octet)).to_bitmask()
    }

    /// The octets above 127.
    pub fn not_ascii(&self) -> u64 {
        self.octets.to_bitmask()
    }
}

/// The first `count` bits, at least one.
pub(super) fn first_bits(count: usize) -> u64 {
    u64::MAX >> (WIDTH - count)
}

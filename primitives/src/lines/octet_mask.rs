//! A search through 64 octets at once. Its result is a mask, with a bit for each octet.

use wide::u8x64;

pub(super) const WIDTH: usize = 64;

/// Up to 64 octets. Bit i of a mask belongs to octet i.
pub(super) struct Block {
    octets: u8x64,
    len: usize,
}

impl Block {
    /// Calls `visit` with each block of `octets` in order, and with the index of its first octet.
    #[inline(always)]
    pub(super) fn try_each<E>(
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

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The octets equal to `octet`. A space would also be found behind the last octet.
    pub(super) fn equal(&self, octet: u8) -> u64 {
        self.octets.simd_eq(u8x64::splat(octet)).to_bitmask()
    }

    /// The octets above 127.
    pub(super) fn not_ascii(&self) -> u64 {
        self.octets.to_bitmask()
    }

    /// Whether the last octet is in this mask.
    pub(super) fn ends_in(&self, mask: u64) -> bool {
        mask >> (self.len - 1) & 1 == 1
    }
}

/// The first `count` bits, at least one.
pub(super) fn first_bits(count: usize) -> u64 {
    u64::MAX >> (WIDTH - count)
}

//! Random inputs that a seed repeats.

/// SplitMix64 (Steele, Lea and Flood, 2014).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// One in four has all octets alike, often 0 or 255, because they make carries run far.
    pub fn fill(&mut self, octets: &mut [u8]) {
        match self.below(8) {
            0 => {
                let extreme = [0, 1, 0x7f, 0x80, 0xfb, 0xfe, 0xff];
                octets.fill(extreme[self.below(extreme.len())]);
            }
            1 => octets.fill(0xff),
            _ => octets.fill_with(|| self.next() as u8),
        }
    }

    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut octets = [0; N];
        self.fill(&mut octets);
        octets
    }

    /// Up to some strides of 256 octets; one in 64 is longer than a record of TLS.
    pub fn text(&mut self) -> Vec<u8> {
        let limit = if self.below(64) == 0 { 20_000 } else { 800 };
        let mut text = vec![0; self.below(limit)];
        self.fill(&mut text);
        text
    }
}

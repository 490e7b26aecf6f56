//! Numbers in few octets, by adaptive arithmetic coding: each number is in Elias's gamma code, and each
//! bit of that takes as little of the file as it was foreseen.
//!
//! ```text
//! 4  ->  4 + 1 = 0b101  ->  1 1 0, for the two bits that follow the first, then these: 0 1
//! ```

/// A code point, doubled for a sign, has 22 bits, of which the first goes without saying.
const BITS: usize = 22;

/// How likely each bit of a number is to be set, from what the numbers before it were.
#[derive(Clone, Copy)]
pub struct Model([[u16; BITS]; BITS]);

impl Model {
    pub const NEW: Self = Self([[1 << 15; BITS]; BITS]);

    /// Of each bit that says whether one more follows the first.
    pub fn of_length(&mut self, position: usize) -> &mut u16 {
        &mut self.0[0][position]
    }

    /// Of each of those, where there are as many.
    pub fn of_bit(&mut self, length: usize, position: usize) -> &mut u16 {
        &mut self.0[length][position]
    }
}

/// Numbers that tell of the next: what follows a small one has a model of its own.
pub struct Sequence {
    models: [Model; 4],
    pub last: u32,
}

impl Sequence {
    pub const NEW: Self = Self {
        models: [Model::NEW; 4],
        last: 0,
    };

    pub fn model(&mut self) -> &mut Model {
        let last = self.models.len() - 1;
        &mut self.models[last.min(self.last as usize)]
    }
}

/// Texts: what is at the same place in one after the other is often near each other. From the fourth
/// character on they share a place.
pub struct Places([Distances; 4]);

impl Places {
    pub const NEW: Self = Self([Distances::NEW; 4]);

    pub fn at(&mut self, position: usize) -> &mut Distances {
        let last = self.0.len() - 1;
        &mut self.0[last.min(position)]
    }
}

/// Code points, each by its distance from the one before it.
#[derive(Clone, Copy)]
pub struct Distances {
    pub model: Model,
    pub last: u32,
}

impl Distances {
    const NEW: Self = Self {
        model: Model::NEW,
        last: 0,
    };
}

/// Between which files the file lies, both included: four octets of them, after those that are settled.
pub struct Interval {
    low: u32,
    high: u32,
}

impl Interval {
    pub const ALL: Self = Self {
        low: 0,
        high: u32::MAX,
    };

    /// The last file in which the next bit is set.
    pub fn split(&self, probability: u16) -> u32 {
        self.low + ((self.high - self.low) >> 16) * u32::from(probability)
    }

    /// Goes on with a bit, and learns from it.
    pub fn narrow(&mut self, bit: bool, probability: &mut u16) {
        let split = self.split(*probability);
        match bit {
            true => {
                self.high = split;
                *probability += (u16::MAX - *probability) >> 4;
            }
            false => {
                self.low = split + 1;
                *probability -= *probability >> 4;
            }
        }
    }

    /// The next octet of the file, once it is the same at both ends.
    pub fn settled(&mut self) -> Option<u8> {
        let octet = self.octet();
        (self.low >> 24 == u32::from(octet)).then(|| {
            self.low <<= 8;
            self.high = self.high << 8 | 0xff;
            octet
        })
    }

    /// Where no octet is settled, a file that goes on with this one, and then with zeros, lies within.
    pub fn octet(&self) -> u8 {
        (self.high >> 24) as u8
    }
}

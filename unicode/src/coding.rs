//! Adaptive arithmetic coding: numbers in Elias's gamma code, each bit in as little space as its probability
//! allows. Probabilities follow from the bits before.
//!
//! ```text
//! 4  ->  4 + 1 = 0b101  ->  1 1 0, as two bits follow the first, then these: 0 1
//! ```

/// A code point, doubled for a sign, has 22 bits, of which the first is always set.
const BITS: usize = 22;

/// The probability of each bit of a number to be set, learned from the numbers before.
#[derive(Clone, Copy)]
pub(crate) struct Model([[u16; BITS]; BITS]);

impl Model {
    pub(crate) const NEW: Self = Self([[1 << 15; BITS]; BITS]);

    /// Of each bit that tells whether one more follows the first.
    pub(crate) fn length_bit(&mut self, position: usize) -> &mut u16 {
        &mut self.0[0][position]
    }

    /// Of each bit after the first in a number of that length.
    pub(crate) fn value_bit(&mut self, length: usize, position: usize) -> &mut u16 {
        &mut self.0[length][position]
    }
}

/// Numbers that predict the next one: 0, 1, 2 and all others select a model each.
pub(crate) struct Sequence {
    models: [Model; 4],
    pub(crate) last: u32,
}

impl Sequence {
    pub(crate) const NEW: Self = Self {
        models: [Model::NEW; 4],
        last: 0,
    };

    pub(crate) fn model(&mut self) -> &mut Model {
        let last = self.models.len() - 1;
        &mut self.models[last.min(self.last as usize)]
    }
}

/// Texts: the characters at one position of successive texts are often close. All positions from the
/// fourth on share a model.
pub(crate) struct Positions([Deltas; 4]);

impl Positions {
    pub(crate) const NEW: Self = Self([Deltas::NEW; 4]);

    pub(crate) fn at(&mut self, position: usize) -> &mut Deltas {
        let last = self.0.len() - 1;
        &mut self.0[last.min(position)]
    }
}

/// Code points, each coded as its distance from the one before.
#[derive(Clone, Copy)]
pub(crate) struct Deltas {
    pub(crate) model: Model,
    pub(crate) last: u32,
}

impl Deltas {
    const NEW: Self = Self {
        model: Model::NEW,
        last: 0,
    };
}

/// The files that are still possible lie between these two, both included. Each bound holds the four octets
/// after those that are settled.
pub(crate) struct Interval {
    low: u32,
    high: u32,
}

impl Interval {
    pub(crate) const ALL: Self = Self {
        low: 0,
        high: u32::MAX,
    };

    /// The last file in which the next bit is set.
    pub(crate) fn split(&self, probability: u16) -> u32 {
        self.low + ((self.high - self.low) >> 16) * u32::from(probability)
    }

    /// Narrows the interval to files with that bit, and adapts the probability.
    pub(crate) fn narrow(&mut self, bit: bool, probability: &mut u16) {
        let split = self.split(*probability);
        if bit {
            self.high = split;
            *probability += (u16::MAX - *probability) >> 4;
        } else {
            self.low = split + 1;
            *probability -= *probability >> 4;
        }
    }

    /// Shifts out the next octet of the file once both bounds agree on it.
    pub(crate) fn settled(&mut self) -> Option<u8> {
        let octet = self.octet();
        (self.low >> 24 == u32::from(octet)).then(|| {
            self.low <<= 8;
            self.high = self.high << 8 | 0xff;
            octet
        })
    }

    /// If no octet is settled, a file that ends with this one, zeros implied, is inside.
    pub(crate) fn octet(&self) -> u8 {
        (self.high >> 24) as u8
    }
}

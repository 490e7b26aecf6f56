//! The decoder of the arithmetic code in `coding.rs`.

use crate::coding::{Deltas, Interval, Model, Sequence};

pub(crate) struct Decoder<'a> {
    interval: Interval,
    /// The four octets of the file that the interval is about.
    window: u32,
    rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(file: &'a [u8]) -> Self {
        let mut decoder = Self {
            interval: Interval::ALL,
            window: 0,
            rest: file,
        };
        (0..4).for_each(|_| decoder.advance());
        decoder
    }

    pub(crate) fn number(&mut self, model: &mut Model) -> u32 {
        let mut length = 0;
        while self.bit(model.length_bit(length)) {
            length += 1;
        }
        let mut number = 1;
        for position in 0..length {
            number = number << 1 | u32::from(self.bit(model.value_bit(length, position)));
        }
        number - 1
    }

    pub(crate) fn next(&mut self, sequence: &mut Sequence) -> u32 {
        sequence.last = self.number(sequence.model());
        sequence.last
    }

    /// Distances alternate between up and down: 0, -1, 1, -2, 2.
    pub(crate) fn code_point(&mut self, deltas: &mut Deltas) -> u32 {
        let number = self.number(&mut deltas.model);
        let distance = number >> 1 ^ (number & 1).wrapping_neg();
        deltas.last = deltas.last.wrapping_add(distance);
        deltas.last
    }

    fn bit(&mut self, probability: &mut u16) -> bool {
        let bit = self.window <= self.interval.split(*probability);
        self.interval.narrow(bit, probability);
        while self.interval.settled().is_some() {
            self.advance();
        }
        bit
    }

    /// Zeros follow the end of the file.
    fn advance(&mut self) {
        let (octet, rest) = self.rest.split_first().unwrap_or((&0, &[]));
        self.window = self.window << 8 | u32::from(*octet);
        self.rest = rest;
    }
}

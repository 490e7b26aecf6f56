//! Reads what is coded as `coding.rs` has it.

use super::coding::{Distances, Interval, Model, Sequence};

pub struct Decoder<'a> {
    interval: Interval,
    /// The four octets of the file that the interval is about.
    place: u32,
    rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    pub fn new(file: &'a [u8]) -> Self {
        let mut decoder = Self {
            interval: Interval::ALL,
            place: 0,
            rest: file,
        };
        (0..4).for_each(|_| decoder.advance());
        decoder
    }

    pub fn number(&mut self, model: &mut Model) -> u32 {
        let mut length = 0;
        while self.bit(model.of_length(length)) {
            length += 1;
        }
        let mut number = 1;
        for position in 0..length {
            number = number << 1 | u32::from(self.bit(model.of_bit(length, position)));
        }
        number - 1
    }

    pub fn next(&mut self, sequence: &mut Sequence) -> u32 {
        sequence.last = self.number(sequence.model());
        sequence.last
    }

    /// Distances alternate between upwards and downwards: 0, -1, 1, -2, 2.
    pub fn code_point(&mut self, distances: &mut Distances) -> u32 {
        let number = self.number(&mut distances.model);
        let distance = number >> 1 ^ (number & 1).wrapping_neg();
        distances.last = distances.last.wrapping_add(distance);
        distances.last
    }

    fn bit(&mut self, probability: &mut u16) -> bool {
        let bit = self.place <= self.interval.split(*probability);
        self.interval.narrow(bit, probability);
        while self.interval.settled().is_some() {
            self.advance();
        }
        bit
    }

    /// What follows the file's end are zeros.
    fn advance(&mut self) {
        let (octet, rest) = self.rest.split_first().unwrap_or((&0, &[]));
        self.place = self.place << 8 | u32::from(*octet);
        self.rest = rest;
    }
}

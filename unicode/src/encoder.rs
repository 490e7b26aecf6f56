//! The other side of `coding::Decoder`.

use crate::coding::{Distances, Interval, Model, Sequence};

pub struct Encoder {
    interval: Interval,
    file: Vec<u8>,
}

impl Encoder {
    pub fn new() -> Self {
        Self {
            interval: Interval::ALL,
            file: Vec::new(),
        }
    }

    pub fn number(&mut self, model: &mut Model, number: u32) {
        let number = number + 1;
        let length = number.ilog2() as usize;
        for position in 0..=length {
            self.bit(model.of_length(position), position < length);
        }
        for position in 0..length {
            let bit = number >> (length - 1 - position) & 1 != 0;
            self.bit(model.of_bit(length, position), bit);
        }
    }

    pub fn next(&mut self, sequence: &mut Sequence, number: u32) {
        self.number(sequence.model(), number);
        sequence.last = number;
    }

    pub fn code_point(&mut self, distances: &mut Distances, code_point: u32) {
        let distance = code_point as i32 - distances.last as i32;
        let number = (distance << 1 ^ distance >> 31) as u32;
        self.number(&mut distances.model, number);
        distances.last = code_point;
    }

    fn bit(&mut self, probability: &mut u16, bit: bool) {
        self.interval.narrow(bit, probability);
        self.file
            .extend(std::iter::from_fn(|| self.interval.settled()));
    }

    /// One octet more is between both ends, whose first octets differ.
    pub fn finish(mut self) -> Vec<u8> {
        self.file.push(self.interval.octet());
        self.file
    }
}

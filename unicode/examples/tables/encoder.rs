//! The encoder of the arithmetic code: the counterpart of `src/decoder.rs`.

use crate::coding::{Deltas, Interval, Model, Sequence};

pub(crate) struct Encoder {
    interval: Interval,
    file: Vec<u8>,
}

impl Encoder {
    pub(crate) fn new() -> Self {
        Self {
            interval: Interval::ALL,
            file: Vec::new(),
        }
    }

    pub(crate) fn number(&mut self, model: &mut Model, number: u32) {
        let number = number + 1;
        let length = number.ilog2() as usize;
        for position in 0..=length {
            self.bit(model.length_bit(position), position < length);
        }
        for position in 0..length {
            let bit = number >> (length - 1 - position) & 1 != 0;
            self.bit(model.value_bit(length, position), bit);
        }
    }

    pub(crate) fn next(&mut self, sequence: &mut Sequence, number: u32) {
        self.number(sequence.model(), number);
        sequence.last = number;
    }

    pub(crate) fn code_point(&mut self, deltas: &mut Deltas, code_point: u32) {
        let distance = code_point as i32 - deltas.last as i32;
        let number = (distance << 1 ^ distance >> 31) as u32;
        self.number(&mut deltas.model, number);
        deltas.last = code_point;
    }

    fn bit(&mut self, probability: &mut u16, bit: bool) {
        self.interval.narrow(bit, probability);
        self.file
            .extend(std::iter::from_fn(|| self.interval.settled()));
    }

    /// One octet more is enough: the bounds differ in their first octets.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.file.push(self.interval.octet());
        self.file
    }
}

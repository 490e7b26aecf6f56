//! The properties of every character, run-length coded: neighbours often share them.

use alloc::vec::Vec;

use crate::coding::Model;
use crate::decoder::Decoder;
use crate::properties::{Numbers, Properties};

pub(crate) struct Runs {
    /// The first code point after each run.
    ends: Vec<u32>,
    properties: Vec<Properties>,
}

impl Runs {
    /// Each run refers to its properties by move-to-front rank: the number of other properties since they
    /// were last used. Rank 0 introduces new ones.
    pub(crate) fn read(file: &mut Decoder) -> Self {
        let [mut lengths, mut ranks, mut fields] = [Model::NEW; 3];
        let mut recent = Vec::new();
        let mut runs = Self {
            ends: Vec::new(),
            properties: Vec::new(),
        };
        let mut end = 0;
        while end <= u32::from(char::MAX) {
            match file.number(&mut ranks) as usize {
                0 => {
                    let numbers = Numbers::default().map(|_| file.number(&mut fields));
                    recent.insert(0, Properties::from(numbers));
                }
                rank => recent[..=rank].rotate_right(1),
            }
            end += 1 + file.number(&mut lengths);
            runs.ends.push(end);
            runs.properties.push(recent[0]);
        }
        runs
    }

    pub(crate) fn get(&self, c: char) -> Properties {
        let run = self.ends.partition_point(|end| *end <= u32::from(c));
        self.properties[run]
    }
}

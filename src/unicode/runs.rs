//! The properties of every character: neighbours often have the same.

use super::coding::Model;
use super::decoder::Decoder;
use super::properties::{Numbers, Properties};

pub struct Runs {
    /// Of each run, the first code point that is no longer in it.
    ends: Vec<u32>,
    properties: Vec<Properties>,
}

impl Runs {
    /// A run's properties are named by how many others there were since a run last had them; that is not 0,
    /// which stands for new ones.
    pub fn read(file: &mut Decoder) -> Self {
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

    pub fn get(&self, c: char) -> Properties {
        let run = self.ends.partition_point(|end| *end <= u32::from(c));
        self.properties[run]
    }
}

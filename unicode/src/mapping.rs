//! Mappings of single characters to texts.

use alloc::vec::Vec;

use crate::coding::{Model, Positions, Sequence};
use crate::decoder::Decoder;

/// Sorted by character.
pub(crate) struct Mapping {
    from: Vec<char>,
    /// The end of each text in `to`.
    ends: Vec<usize>,
    to: Vec<char>,
}

impl Mapping {
    /// The file has the number of characters, and for each the gap since the one before and its text.
    pub(crate) fn read(file: &mut Decoder) -> Self {
        let mut gaps = Sequence::NEW;
        let mut lengths = Sequence::NEW;
        let mut positions = Positions::NEW;
        let count = file.number(&mut { Model::NEW });
        let mut mapping = Self {
            from: Vec::with_capacity(count as usize),
            ends: Vec::with_capacity(count as usize),
            to: Vec::new(),
        };
        let mut next = 0;
        for _ in 0..count {
            let from = next + file.next(&mut gaps);
            next = from + 1;
            mapping.from.push(character(from));
            for position in 0..file.next(&mut lengths) as usize {
                let code_point = file.code_point(positions.at(position));
                mapping.to.push(character(code_point));
            }
            mapping.ends.push(mapping.to.len());
        }
        mapping
    }

    pub(crate) fn get(&self, c: char) -> Option<&[char]> {
        let index = self.from.binary_search(&c).ok()?;
        let start = match index {
            0 => 0,
            _ => self.ends[index - 1],
        };
        Some(&self.to[start..self.ends[index]])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (char, &[char])> {
        self.from.iter().filter_map(|&c| Some((c, self.get(c)?)))
    }
}

/// The file has no code points that are not characters.
fn character(code_point: u32) -> char {
    char::from_u32(code_point).unwrap_or(char::REPLACEMENT_CHARACTER)
}

//! What Unicode says of its characters, as `tables.bin` has it.
//!
//! ```text
//! properties    of runs of characters
//! composed      Å -> A ˚    by NFKC both ways
//! compatible    ½ -> 1⁄2    by NFKC, whatever else changes
//! domain        A -> a      by UTS 46, whatever else changes
//! ```
//!
//! Its 10 KB become 200 in memory, in a few milliseconds, once a domain or password is not ASCII.

use super::decoder::Decoder;
use super::mapping::Mapping;
use super::properties::Properties;
use super::runs::Runs;
use std::sync::OnceLock;

/// Of Unicode 18, and 3.2 for SASLprep. `cargo xtask unicode` makes it of the crates that the tests
/// compare with.
static FILE: &[u8] = include_bytes!("tables.bin");

pub struct Tables {
    properties: Runs,
    pub composed: Mapping,
    pub compatible: Mapping,
    pub domain: Mapping,
    /// What is composed, in the order of the pairs.
    compositions: Vec<Composition>,
}

struct Composition {
    pair: [char; 2],
    composed: char,
}

impl Tables {
    pub fn get() -> &'static Self {
        static TABLES: OnceLock<Tables> = OnceLock::new();
        TABLES.get_or_init(|| Self::read(&mut Decoder::new(FILE)))
    }

    fn read(file: &mut Decoder) -> Self {
        let properties = Runs::read(file);
        let composed = Mapping::read(file);
        Self {
            properties,
            compatible: Mapping::read(file),
            domain: Mapping::read(file),
            compositions: compositions(&composed),
            composed,
        }
    }

    pub fn properties(&self, c: char) -> Properties {
        self.properties.get(c)
    }

    pub fn compose(&self, pair: [char; 2]) -> Option<char> {
        let place = place(&self.compositions, pair);
        let found = self.compositions.get(place)?;
        (found.pair == pair).then_some(found.composed)
    }
}

/// Each is put where it belongs, which is slower than to sort the thousand of them, and less code.
fn compositions(mapping: &Mapping) -> Vec<Composition> {
    let mut compositions = Vec::new();
    for (composed, pair) in mapping.iter() {
        if let Ok(pair) = pair.try_into() {
            let composition = Composition { pair, composed };
            compositions.insert(place(&compositions, pair), composition);
        }
    }
    compositions
}

fn place(compositions: &[Composition], pair: [char; 2]) -> usize {
    compositions.partition_point(|composition| composition.pair < pair)
}

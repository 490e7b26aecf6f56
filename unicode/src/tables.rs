//! Unicode's data, decoded from `tables.bin`.
//!
//! ```text
//! properties    of runs of characters
//! composed      Å <-> A ˚   NFKC, in both directions
//! compatible    ½ -> 1⁄2    all else that NFKC changes
//! domain        A -> a      all else that UTS 46 changes
//! ```

use alloc::boxed::Box;
use alloc::vec::Vec;

use once_cell::race::OnceBox;

use crate::decoder::Decoder;
use crate::mapping::Mapping;
use crate::properties::Properties;
use crate::runs::Runs;

/// The example `tables` writes it. Unicode 18, and 3.2 for SASLprep.
static FILE: &[u8] = include_bytes!("tables.bin");

pub(crate) struct Tables {
    properties: Runs,
    pub(crate) composed: Mapping,
    pub(crate) compatible: Mapping,
    pub(crate) domain: Mapping,
    /// `composed`, sorted by pair.
    compositions: Vec<Composition>,
}

struct Composition {
    pair: [char; 2],
    composed: char,
}

impl Tables {
    pub(crate) fn get() -> &'static Self {
        static TABLES: OnceBox<Tables> = OnceBox::new();
        TABLES.get_or_init(|| Box::new(Self::read(&mut Decoder::new(FILE))))
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

    pub(crate) fn properties(&self, c: char) -> Properties {
        self.properties.get(c)
    }

    pub(crate) fn compose(&self, pair: [char; 2]) -> Option<char> {
        let place = place(&self.compositions, pair);
        let found = self.compositions.get(place)?;
        (found.pair == pair).then_some(found.composed)
    }
}

/// Insertion sort: slower than `sort` for these thousand pairs, but less code.
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

//! What the rules for domain names and passwords ask of a character.

use super::classes::{Bidi, Joining};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Properties {
    /// Canonical_Combining_Class: 0 for what does not combine.
    pub combining: u8,
    pub bidi: Bidi,
    pub joining: Joining,
    /// General_Category is Mark.
    pub mark: bool,
    /// By UTS 46, no domain may have it.
    pub disallowed: bool,
    /// By SASLprep, no password may have it: it is prohibited (RFC 4013, section 2.3), or unassigned in
    /// Unicode 3.2 (section 2.5).
    pub prohibited: bool,
}

const BIDI: [Bidi; 6] = [
    Bidi::Neutral,
    Bidi::Left,
    Bidi::Right,
    Bidi::EuropeanNumber,
    Bidi::ArabicNumber,
    Bidi::NonspacingMark,
];

const JOINING: [Joining; 5] = [
    Joining::None,
    Joining::Left,
    Joining::Right,
    Joining::Dual,
    Joining::Transparent,
];

/// In the order of the fields, as the file has them.
pub type Numbers = [u32; 6];

impl From<Numbers> for Properties {
    fn from([combining, bidi, joining, mark, disallowed, prohibited]: Numbers) -> Self {
        Self {
            combining: combining as u8,
            bidi: BIDI[bidi as usize],
            joining: JOINING[joining as usize],
            mark: mark != 0,
            disallowed: disallowed != 0,
            prohibited: prohibited != 0,
        }
    }
}

//! The properties of a character that the rules for domains and passwords ask for.

use crate::classes::{Bidi, Joining};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Properties {
    /// Canonical_Combining_Class: 0 for characters that do not combine.
    pub(crate) combining: u8,
    pub(crate) bidi: Bidi,
    pub(crate) joining: Joining,
    /// General_Category is Mark.
    pub(crate) mark: bool,
    /// UTS 46 allows it in no domain.
    pub(crate) disallowed: bool,
    /// SASLprep refuses it: prohibited (RFC 4013, section 2.3), or unassigned in Unicode 3.2 (section 2.5).
    pub(crate) prohibited: bool,
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

/// The fields in their order in the file.
pub(crate) type Numbers = [u32; 6];

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

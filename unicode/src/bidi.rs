//! The Bidi Rule (RFC 5893): if a domain holds right-to-left text, each label has one direction, so that
//! the domain looks the same wherever it is shown.

use alloc::vec::Vec;

use crate::classes::Bidi::{self, ArabicNumber, EuropeanNumber, Left, NonspacingMark, Right};
use crate::tables::Tables;

/// Section 2, applied only to domains with right-to-left characters (section 1.4).
pub(crate) fn is_satisfied(labels: &[Vec<char>]) -> bool {
    let labels: Vec<_> = labels.iter().map(|label| classes(label)).collect();
    let is_bidi_domain = labels
        .iter()
        .flatten()
        .any(|class| [Right, ArabicNumber].contains(class));
    !is_bidi_domain || labels.iter().all(|label| has_one_direction(label))
}

fn classes(label: &[char]) -> Vec<Bidi> {
    let tables = Tables::get();
    label.iter().map(|c| tables.properties(*c).bidi).collect()
}

fn has_one_direction(label: &[Bidi]) -> bool {
    let has = |class| label.contains(&class);
    let mixes_numbers = has(EuropeanNumber) && has(ArabicNumber);
    let last = label.iter().rfind(|class| **class != NonspacingMark);
    match (label.first(), last) {
        (Some(Left), Some(Left | EuropeanNumber)) => !has(Right) && !has(ArabicNumber),
        (Some(Right), Some(Right | EuropeanNumber | ArabicNumber)) => !has(Left) && !mixes_numbers,
        _ => false,
    }
}

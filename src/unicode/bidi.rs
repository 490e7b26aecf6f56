//! The Bidi Rule (RFC 5893): where something in a domain runs right to left, each label runs one way, so
//! that it reads the same wherever it is shown.

use super::classes::Bidi::{self, ArabicNumber, EuropeanNumber, Left, NonspacingMark, Right};
use super::tables::Tables;

/// Section 2, where there is need for it (section 1.4).
pub fn is_fine(labels: &[Vec<char>]) -> bool {
    let labels = labels.iter().map(|label| classes(label));
    let labels: Vec<_> = labels.collect();
    let mut all = labels.iter().flatten();
    match all.any(|class| [Right, ArabicNumber].contains(class)) {
        true => labels.iter().all(|label| runs_one_way(label)),
        false => true,
    }
}

fn classes(label: &[char]) -> Vec<Bidi> {
    let tables = Tables::get();
    label.iter().map(|c| tables.properties(*c).bidi).collect()
}

fn runs_one_way(label: &[Bidi]) -> bool {
    let has = |class| label.contains(&class);
    let mixes_numbers = has(EuropeanNumber) && has(ArabicNumber);
    let last = label.iter().rfind(|class| **class != NonspacingMark);
    match (label.first(), last) {
        (Some(Left), Some(Left | EuropeanNumber)) => !has(Right) && !has(ArabicNumber),
        (Some(Right), Some(Right | EuropeanNumber | ArabicNumber)) => !has(Left) && !mixes_numbers,
        _ => false,
    }
}

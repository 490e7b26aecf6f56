//! The contextual rules for the invisible joiners (RFC 5892, appendices A.1 and A.2): a label may hold one
//! only where it changes how letters look.

use crate::classes::Joining;
use crate::tables::Tables;

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';

/// Canonical_Combining_Class.
const VIRAMA: u8 = 9;

pub(crate) fn are_allowed(label: &[char]) -> bool {
    (0..label.len()).all(|index| {
        let (before, after) = (&label[..index], &label[index + 1..]);
        match label[index] {
            NON_JOINER => follows_virama(before) || separates(before, after),
            JOINER => follows_virama(before),
            _ => true,
        }
    })
}

fn follows_virama(before: &[char]) -> bool {
    before
        .last()
        .is_some_and(|c| Tables::get().properties(*c).combining == VIRAMA)
}

/// Whether the letters on both sides join if nothing is between them.
fn separates(before: &[char], after: &[char]) -> bool {
    let joining = |c: &char| Tables::get().properties(*c).joining;
    let is_visible = |joining: &Joining| *joining != Joining::Transparent;
    let left = before.iter().rev().map(joining).find(is_visible);
    let right = after.iter().map(joining).find(is_visible);
    matches!(left, Some(Joining::Left | Joining::Dual))
        && matches!(right, Some(Joining::Right | Joining::Dual))
}

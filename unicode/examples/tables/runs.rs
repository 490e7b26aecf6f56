//! The properties of characters as runs, written as `src/runs.rs` reads them. A property that no rule asks for
//! takes the value of the neighbours.

use icu_normalizer::properties::CanonicalCombiningClassMap;
use icu_properties::CodePointMapData;
use icu_properties::props::{BidiClass, GeneralCategory, JoiningType};
use stringprep::tables;

use crate::classes::{Bidi, Joining};
use crate::coding::Model;
use crate::encoder::Encoder;
use crate::library::{is_disallowed, nfkc, nfkd, uts46};

/// In the order of the fields of `Properties`.
type Numbers = [u32; 6];

/// `None` if no rule asks for the property.
type Asked = [Option<u32>; 6];

struct Run {
    length: u32,
    asked: Asked,
}

pub(crate) fn write(file: &mut Encoder) {
    let [mut lengths, mut ranks, mut fields] = [Model::NEW; 3];
    let mut recent: Vec<Numbers> = Vec::new();
    for run in runs() {
        match recent.iter().position(|numbers| fits(run.asked, *numbers)) {
            Some(rank) => {
                file.number(&mut ranks, rank as u32);
                recent[..=rank].rotate_right(1);
            }
            None => {
                file.number(&mut ranks, 0);
                recent.insert(0, run.asked.map(Option::unwrap_or_default));
                for number in recent[0] {
                    file.number(&mut fields, number);
                }
            }
        }
        file.number(&mut lengths, run.length - 1);
    }
}

fn fits(asked: Asked, numbers: Numbers) -> bool {
    both(asked, numbers.map(Some)).is_some()
}

fn runs() -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for code_point in 0..=u32::from(char::MAX) {
        let asked = char::from_u32(code_point).map_or(Asked::default(), asked);
        let last = runs.last_mut();
        match last.and_then(|run| Some((both(run.asked, asked)?, run))) {
            Some((asked, run)) => {
                run.asked = asked;
                run.length += 1;
            }
            None => runs.push(Run { length: 1, asked }),
        }
    }
    runs
}

/// `None` if they differ in a property.
fn both(one: Asked, other: Asked) -> Option<Asked> {
    let agree = one
        .iter()
        .zip(other)
        .all(|(one, other)| one.is_none() || other.is_none() || *one == other);
    agree.then(|| std::array::from_fn(|field| one[field].or(other[field])))
}

fn asked(c: char) -> Asked {
    let is_valid = uts46(c) == c.to_string();
    let is_stable = nfkc(c) == c.to_string();
    let is_prohibited = is_prohibited(c) || tables::unassigned_code_point(c);
    let is_decomposed = nfkd(c) == c.to_string();
    [
        (is_valid || is_decomposed).then(|| combining(c)),
        (is_valid || is_stable && !is_prohibited).then(|| bidi(c) as u32),
        is_valid.then(|| joining(c) as u32),
        is_valid.then(|| is_mark(c).into()),
        Some(is_disallowed(c).into()),
        is_stable.then(|| is_prohibited.into()),
    ]
}

fn combining(c: char) -> u32 {
    CanonicalCombiningClassMap::new().get_u8(c).into()
}

fn bidi(c: char) -> Bidi {
    match CodePointMapData::<BidiClass>::new().get(c) {
        BidiClass::LeftToRight => Bidi::Left,
        BidiClass::RightToLeft | BidiClass::ArabicLetter => Bidi::Right,
        BidiClass::EuropeanNumber => Bidi::EuropeanNumber,
        BidiClass::ArabicNumber => Bidi::ArabicNumber,
        BidiClass::NonspacingMark => Bidi::NonspacingMark,
        _ => Bidi::Neutral,
    }
}

fn joining(c: char) -> Joining {
    match CodePointMapData::<JoiningType>::new().get(c) {
        JoiningType::LeftJoining => Joining::Left,
        JoiningType::RightJoining => Joining::Right,
        JoiningType::DualJoining => Joining::Dual,
        JoiningType::Transparent => Joining::Transparent,
        _ => Joining::None,
    }
}

fn is_mark(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    [NonspacingMark, SpacingMark, EnclosingMark].contains(&category)
}

/// RFC 4013, section 2.3: tables of RFC 3454.
fn is_prohibited(c: char) -> bool {
    tables::non_ascii_space_character(c)
        || tables::ascii_control_character(c)
        || tables::non_ascii_control_character(c)
        || tables::private_use(c)
        || tables::non_character_code_point(c)
        || tables::surrogate_code(c)
        || tables::inappropriate_for_plain_text(c)
        || tables::inappropriate_for_canonical_representation(c)
        || tables::change_display_properties_or_deprecated(c)
        || tables::tagging_character(c)
}

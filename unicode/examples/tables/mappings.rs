//! The mappings of characters, written as `src/mapping.rs` reads them.

use std::collections::BTreeMap;

use icu_normalizer::ComposingNormalizer;
use icu_normalizer::properties::{CanonicalDecomposition, Decomposed};

use crate::coding::{Model, Positions, Sequence};
use crate::encoder::Encoder;
use crate::library::{characters, is_disallowed, nfkc, nfkd, uts46};

pub(crate) type Mapping = BTreeMap<char, String>;

/// In the order of the file.
pub(crate) fn all() -> [Mapping; 3] {
    [composed(), compatible(), domain()]
}

/// Pairs that NFKC decomposes and composes again. Hangul is computed.
fn composed() -> Mapping {
    let stable = characters().filter(|c| nfkc(*c) == c.to_string());
    stable
        .filter(|c| !('가'..='힣').contains(c))
        .filter_map(|c| match CanonicalDecomposition::new().decompose(c) {
            Decomposed::Expansion(first, second) => Some((c, String::from_iter([first, second]))),
            _ => None,
        })
        .collect()
}

/// Characters that NFKC changes.
fn compatible() -> Mapping {
    let texts = characters().map(|c| (c, nfkc(c)));
    texts.filter(|(c, text)| *text != c.to_string()).collect()
}

/// UTS 46 for characters that NFKD keeps, mostly capitals to small letters; and for the few others whose
/// mapping does not follow from their parts.
fn domain() -> Mapping {
    let allowed = characters().filter(|c| !is_disallowed(*c));
    let (plain, other): (Vec<_>, Vec<_>) = allowed.partition(|c| nfkd(*c) == c.to_string());
    let mut mapping: Mapping = plain.into_iter().map(|c| (c, uts46(c))).collect();
    mapping.retain(|c, text| *text != c.to_string());
    let by_parts = |c: char| {
        let parts = nfkd(c);
        let mapped = parts
            .chars()
            .map(|c| mapping.get(&c).cloned().unwrap_or(c.into()));
        ComposingNormalizer::new_nfc()
            .normalize(&mapped.collect::<String>())
            .into_owned()
    };
    let exceptions = other.into_iter().filter(|c| by_parts(*c) != uts46(*c));
    let exceptions: Mapping = exceptions.map(|c| (c, uts46(c))).collect();
    mapping.into_iter().chain(exceptions).collect()
}

pub(crate) fn write(file: &mut Encoder, mapping: &Mapping) {
    let mut gaps = Sequence::NEW;
    let mut lengths = Sequence::NEW;
    let mut positions = Positions::NEW;
    let mut next = 0;
    file.number(&mut { Model::NEW }, mapping.len() as u32);
    for (from, to) in mapping {
        file.next(&mut gaps, u32::from(*from) - next);
        next = u32::from(*from) + 1;
        file.next(&mut lengths, to.chars().count() as u32);
        for (position, c) in to.chars().enumerate() {
            file.code_point(positions.at(position), c.into());
        }
    }
}

//! What ICU makes of single characters.

use std::iter::once;

use icu_normalizer::uts46::Uts46Mapper;
use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};

/// Whether no domain may have it.
pub fn is_disallowed(c: char) -> bool {
    uts46(c).contains(char::REPLACEMENT_CHARACTER)
}

/// What UTS 46 makes of it.
pub fn uts46(c: char) -> String {
    Uts46Mapper::new().map_normalize(once(c)).collect()
}

pub fn nfkc(c: char) -> String {
    let mut text = [0; 4];
    ComposingNormalizer::new_nfkc()
        .normalize(c.encode_utf8(&mut text))
        .into_owned()
}

pub fn nfkd(c: char) -> String {
    let mut text = [0; 4];
    DecomposingNormalizer::new_nfkd()
        .normalize(c.encode_utf8(&mut text))
        .into_owned()
}

pub fn characters() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

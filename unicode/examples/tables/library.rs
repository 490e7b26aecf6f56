//! ICU, asked for single characters.

use std::iter::once;

use icu_normalizer::uts46::Uts46Mapper;
use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};

/// Whether UTS 46 allows it in no domain.
pub(crate) fn is_disallowed(c: char) -> bool {
    uts46(c).contains(char::REPLACEMENT_CHARACTER)
}

/// UTS 46: mapping, then NFC.
pub(crate) fn uts46(c: char) -> String {
    Uts46Mapper::new().map_normalize(once(c)).collect()
}

pub(crate) fn nfkc(c: char) -> String {
    let mut text = [0; 4];
    ComposingNormalizer::new_nfkc()
        .normalize(c.encode_utf8(&mut text))
        .into_owned()
}

pub(crate) fn nfkd(c: char) -> String {
    let mut text = [0; 4];
    DecomposingNormalizer::new_nfkd()
        .normalize(c.encode_utf8(&mut text))
        .into_owned()
}

pub(crate) fn characters() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

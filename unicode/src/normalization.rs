//! Normalization (UAX 15): decomposes characters, sorts combining marks, and composes pairs.
//!
//! ```text
//! ẛ U+323  ->  s U+307 U+323  ->  s U+323 U+307  ->  ṩ
//! ```

use alloc::string::String;
use alloc::vec::Vec;

use crate::hangul;
use crate::tables::Tables;
use zeroize::Zeroizing;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// NFKC.
    Compatible,
    /// UTS 46: its mapping, then NFC.
    Domain,
}

/// Normalization Form KC (UAX 15): compatibility decomposition, then canonical composition.
/// ```
/// assert_eq!(envoi_unicode::nfkc("ﬃ ½ A\u{30a}"), "ffi 1⁄2 Å");
/// ```
pub fn nfkc(text: &str) -> String {
    let text: Vec<char> = text.chars().collect();
    normalize(&text, Form::Compatible).iter().collect()
}

/// Wipes intermediate texts: they may be a password.
pub(crate) fn normalize(text: &[char], form: Form) -> Zeroizing<Vec<char>> {
    let tables = Tables::get();
    // The exact capacity: a vector that grows leaves copies in memory.
    let mut length = 0;
    decompose(tables, text, form, &mut |_| length += 1);
    let mut normalized = Zeroizing::new(Vec::with_capacity(length));
    decompose(tables, text, form, &mut |c| normalized.push(c));
    order(tables, &mut normalized);
    compose(tables, &mut normalized);
    normalized
}

fn decompose(tables: &Tables, text: &[char], form: Form, add: &mut dyn FnMut(char)) {
    for &c in text {
        let domain = tables.domain.get(c).filter(|_| form == Form::Domain);
        let other = || tables.compatible.get(c).or_else(|| tables.composed.get(c));
        match domain.or_else(other) {
            Some(parts) => decompose(tables, parts, form, add),
            None => hangul::decompose(c, add),
        }
    }
}

/// Sorts each run of combining characters by class (Canonical Ordering Algorithm).
fn order(tables: &Tables, text: &mut [char]) {
    let class = |c: &char| tables.properties(*c).combining;
    for marks in text.split_mut(|c| class(c) == 0) {
        if !marks.is_sorted_by_key(class) {
            sort(marks, class);
        }
    }
}

/// A counting sort, stable and linear: a peer chooses the number of marks.
fn sort(marks: &mut [char], class: impl Fn(&char) -> u8) {
    let mut places = [0; 256];
    for c in marks.iter() {
        places[usize::from(class(c))] += 1;
    }
    let mut place = 0;
    for count in &mut places {
        place += core::mem::replace(count, place);
    }
    for c in Zeroizing::new(marks.to_vec()).iter() {
        let place = &mut places[usize::from(class(c))];
        marks[*place] = *c;
        *place += 1;
    }
}

/// A character composes with the last starter, unless a character left in between has the same class or a
/// higher one (Canonical Composition Algorithm).
fn compose(tables: &Tables, text: &mut Vec<char>) {
    let mut length = 0;
    let mut base = None;
    let mut before = 0;
    for index in 0..text.len() {
        let c = text[index];
        let class = tables.properties(c).combining;
        let is_near = |base: &usize| base + 1 == length || before < class;
        let with_base = |base| Some((base, pair(tables, [text[base], c])?));
        match base.filter(is_near).and_then(with_base) {
            Some((base, composed)) => text[base] = composed,
            None => {
                if class == 0 {
                    base = Some(length);
                }
                before = class;
                text[length] = c;
                length += 1;
            }
        }
    }
    text.truncate(length);
}

fn pair(tables: &Tables, pair: [char; 2]) -> Option<char> {
    hangul::compose(pair).or_else(|| tables.compose(pair))
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;
    use crate::samples;
    use icu_normalizer::uts46::Uts46Mapper;
    use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn normalized(text: &str, form: Form) -> String {
        let text: Vec<char> = text.chars().collect();
        normalize(&text, form).iter().collect()
    }

    fn nfkc(text: &str) -> String {
        ComposingNormalizer::new_nfkc().normalize(text).into_owned()
    }

    /// ICU marks a disallowed character; then there is nothing to compare.
    fn domain(text: &str) -> Option<String> {
        let mapped: String = Uts46Mapper::new().map_normalize(text.chars()).collect();
        (!mapped.contains(char::REPLACEMENT_CHARACTER)).then_some(mapped)
    }

    #[test]
    fn marks_are_put_in_order_before_they_compose() {
        for (text, composed) in [
            ("a\u{301}", "á"),
            ("s\u{307}\u{323}", "ṩ"),
            ("ẛ\u{323}", "ṩ"),
            ("a\u{315}\u{300}\u{5ae}\u{300}b", "à\u{5ae}\u{300}\u{315}b"),
            ("\u{b47}\u{300}\u{b3e}", "\u{b47}\u{300}\u{b3e}"),
            ("\u{b47}\u{b3e}", "\u{b4b}"),
            ("\u{301}a", "\u{301}a"),
            ("\u{344}", "\u{308}\u{301}"),
            ("\u{958}", "\u{915}\u{93c}"),
            ("\u{212b}", "Å"),
            ("ﬃ½", "ffi1⁄2"),
            ("", ""),
        ] {
            assert_eq!(normalized(text, Form::Compatible), composed, "{text:?}");
        }
    }

    #[test]
    fn syllables_of_hangul_are_computed() {
        for (text, composed) in [
            ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", "한글"),
            ("\u{d558}\u{11ab}", "한"),
            ("\u{d55c}\u{11ab}", "한\u{11ab}"),
            ("\u{d558}\u{11a7}", "하\u{11a7}"),
            ("\u{1112}\u{300}\u{1161}", "\u{1112}\u{300}\u{1161}"),
        ] {
            assert_eq!(normalized(text, Form::Compatible), composed, "{text:?}");
        }
    }

    #[test]
    fn domains_are_in_small_letters_and_without_what_is_ignored() {
        for (text, mapped) in [
            ("BÜ\u{ad}CHER。ＤＥ", "bücher.de"),
            ("ẞΣς", "ßσς"),
            ("I\u{307}", "i\u{307}"),
            ("ᾳ", "αι"),
        ] {
            assert_eq!(normalized(text, Form::Domain), mapped);
        }
    }

    #[test]
    fn every_character_is_normalized_as_by_the_library() {
        for c in '\0'..=char::MAX {
            for text in [format!("{c}"), format!("a{c}\u{301}\u{93c}")] {
                assert_eq!(normalized(&text, Form::Compatible), nfkc(&text), "{text:?}");
                if let Some(mapped) = domain(&text) {
                    assert_eq!(normalized(&text, Form::Domain), mapped, "{text:?}");
                }
            }
        }
    }

    #[test]
    fn every_pair_that_may_compose_does_so_as_by_the_library() {
        let tables = Tables::get();
        let firsts = tables.composed.iter().map(|(_, pair)| pair[0]);
        let seconds = tables.composed.iter().map(|(_, pair)| pair[1]);
        let [firsts, seconds]: [BTreeSet<_>; 2] = [firsts.collect(), seconds.collect()];
        for (first, second) in firsts
            .iter()
            .flat_map(|first| seconds.iter().map(move |second| (first, second)))
        {
            let text = format!("{first}{second}");
            assert_eq!(normalized(&text, Form::Compatible), nfkc(&text), "{text:?}");
        }
    }

    #[test]
    fn a_million_marks_take_no_longer_than_each_of_them() {
        let marks = "a".to_string() + &"\u{301}\u{323}\u{5ae}\u{315}".repeat(250_000);
        assert_eq!(normalized(&marks, Form::Compatible), nfkc(&marks));
    }

    #[test]
    fn no_copy_is_left_behind_by_a_vector_that_grows() {
        for text in ["ﷺ", "힣ǖ", "½ﬃ"] {
            let text: Vec<char> = text.repeat(9).chars().collect();
            let decomposed = DecomposingNormalizer::new_nfkd()
                .normalize(&String::from_iter(&text))
                .chars()
                .count();
            assert_eq!(normalize(&text, Form::Compatible).capacity(), decomposed);
        }
    }

    proptest! {
        #[test]
        fn texts_are_normalized_as_by_the_library(text in samples::text()) {
            prop_assert_eq!(normalized(&text, Form::Compatible), nfkc(&text));
            if let Some(mapped) = domain(&text) {
                prop_assert_eq!(normalized(&text, Form::Domain), mapped);
            }
        }
    }
}

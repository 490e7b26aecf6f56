//! SASLprep (RFC 4013): a user name or password as both sides of SCRAM hash it.
//!
//! Its steps are here and its tables are those of the crate `stringprep`, but for two: its own function
//! would bring tables of 130 KB beside those that international domain names need anyway.

use icu_normalizer::ComposingNormalizer;
use icu_properties::CodePointMapData;
use icu_properties::props::BidiClass;
use stringprep::tables;
use zeroize::Zeroizing;

/// `None` where SASLprep refuses `text`, as a stored string (RFC 3454, section 7).
pub fn saslprep(text: &str) -> Option<Zeroizing<String>> {
    let mapped = text
        .chars()
        .map(|c| match tables::non_ascii_space_character(c) {
            true => ' ',
            false => c,
        })
        .filter(|&c| !tables::commonly_mapped_to_nothing(c));
    // As much as it can take, as a string that grows leaves copies of a password behind.
    let mut prepared = Zeroizing::new(String::with_capacity(text.len() * MAX_GROWTH));
    prepared.extend(ComposingNormalizer::new_nfkc().normalize_iter(mapped));
    let refused = |c| prohibited(c) || tables::unassigned_code_point(c);
    let fine = !prepared.contains(refused) && is_directed(&prepared);
    fine.then_some(prepared)
}

/// An octet of UTF-8 becomes at most 11 in NFKC (Unicode Standard Annex 15, table "Max Expansion").
const MAX_GROWTH: usize = 11;

/// RFC 4013, section 2.3.
fn prohibited(c: char) -> bool {
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

/// RFC 3454, section 6: what runs right to left does so from end to end.
fn is_directed(text: &str) -> bool {
    let class = |c| CodePointMapData::<BidiClass>::new().get(c);
    let right = |c| [BidiClass::RightToLeft, BidiClass::ArabicLetter].contains(&class(c));
    let left = |c| class(c) == BidiClass::LeftToRight;
    !text.contains(right)
        || (!text.contains(left) && text.starts_with(right) && text.ends_with(right))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn prepared(text: &str) -> Option<String> {
        saslprep(text).map(|prepared| prepared.to_string())
    }

    /// What the crate makes of it, with normalization tables of its own.
    fn expected(text: &str) -> Option<String> {
        stringprep::saslprep(text).ok().map(Into::into)
    }

    #[test]
    fn examples_of_rfc_4013_section_3() {
        assert_eq!(prepared("I\u{ad}X").as_deref(), Some("IX"));
        assert_eq!(prepared("user").as_deref(), Some("user"));
        assert_eq!(prepared("USER").as_deref(), Some("USER"));
        assert_eq!(prepared("\u{aa}").as_deref(), Some("a"));
        assert_eq!(prepared("\u{2168}").as_deref(), Some("IX"));
        assert_eq!(prepared("\u{7}"), None);
        assert_eq!(prepared("\u{627}1"), None);
    }

    #[test]
    fn every_character_is_prepared_as_by_the_library() {
        for c in '\0'..=char::MAX {
            for text in [
                format!("{c}"),
                format!("a{c}\u{301}"),
                format!("{c}\u{5d0}"),
            ] {
                assert_eq!(prepared(&text), expected(&text), "{:x}", c as u32);
            }
        }
    }

    #[test]
    fn no_copy_of_a_password_is_left_behind_while_it_grows() {
        for c in '\0'..=char::MAX {
            if let Some(prepared) = prepared(&format!("{c}")) {
                assert!(
                    prepared.len() <= c.len_utf8() * MAX_GROWTH,
                    "{:x}",
                    c as u32
                );
            }
        }
    }

    proptest! {
        #[test]
        fn texts_are_prepared_as_by_the_library(text in "\\PC*") {
            prop_assert_eq!(prepared(&text), expected(&text));
        }
    }
}

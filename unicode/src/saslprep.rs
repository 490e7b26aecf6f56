//! SASLprep (RFC 4013): a user name or password as both sides of SCRAM hash it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::classes::Bidi;
use crate::error::SaslprepError;
use crate::normalization::{Form, normalize};
use crate::tables::Tables;

/// Prepares a user name or password by SASLprep (RFC 4013), as a stored string (RFC 3454, section 7):
/// characters that Unicode 3.2 did not assign are refused.
///
/// Intermediate texts are wiped from memory, and the result when it is dropped. An empty result is no
/// error: RFC 4013 leaves it to the mechanism.
///
/// # Errors
///
/// [`SaslprepError`] names the rule that `text` breaks. It holds nothing of `text`.
///
/// ```
/// use envoi_unicode::{SaslprepError, saslprep};
///
/// assert_eq!(*saslprep("\u{2168}\u{ad}").unwrap(), "IX");
/// assert_eq!(saslprep("\u{7}").unwrap_err(), SaslprepError::ProhibitedCharacter);
/// assert_eq!(saslprep("\u{627}1").unwrap_err(), SaslprepError::Bidi);
/// ```
pub fn saslprep(text: &str) -> Result<Zeroizing<String>, SaslprepError> {
    if text.is_ascii() {
        if text.contains(|c: char| c.is_ascii_control()) {
            return Err(SaslprepError::ProhibitedCharacter);
        }
        return Ok(text.to_string().into());
    }
    let normalized = normalize(&mapped(text), Form::Compatible);
    let is_prohibited = |c: &char| Tables::get().properties(*c).prohibited;
    if normalized.iter().any(is_prohibited) {
        return Err(SaslprepError::ProhibitedCharacter);
    }
    if !has_one_direction(&normalized) {
        return Err(SaslprepError::Bidi);
    }
    Ok(collected(&normalized))
}

/// RFC 4013, section 2.1.
fn mapped(text: &str) -> Zeroizing<Vec<char>> {
    // The greatest length possible: a vector that grows leaves copies of a password in memory.
    let mut mapped = Zeroizing::new(Vec::with_capacity(text.len()));
    for c in text.chars() {
        match c {
            // RFC 3454, table C.1.2.
            '\u{a0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200b}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}' => mapped.push(' '),
            // Table B.1.
            '\u{ad}'
            | '\u{34f}'
            | '\u{1806}'
            | '\u{180b}'..='\u{180d}'
            | '\u{200c}'
            | '\u{200d}'
            | '\u{2060}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' => {}
            _ => mapped.push(c),
        }
    }
    mapped
}

/// RFC 3454, section 6: right-to-left text begins and ends with right-to-left characters.
fn has_one_direction(text: &[char]) -> bool {
    let class = |c: &char| Tables::get().properties(*c).bidi;
    let ends = [text.first(), text.last()].map(|c| c.map(class));
    let has = |wanted| text.iter().any(|c| class(c) == wanted);
    !has(Bidi::Right) || (!has(Bidi::Left) && ends == [Some(Bidi::Right); 2])
}

fn collected(text: &[char]) -> Zeroizing<String> {
    let length = text.iter().map(|c| c.len_utf8()).sum();
    let mut collected = Zeroizing::new(String::with_capacity(length));
    collected.extend(text);
    collected
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::prelude::v1::*;

    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    fn prepared(text: &str) -> Option<String> {
        saslprep(text).ok().map(|prepared| prepared.to_string())
    }

    /// The result of the crate `stringprep`, which has normalization tables of its own.
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
    fn what_runs_right_to_left_does_so_from_end_to_end() {
        assert_eq!(prepared("א1ب").as_deref(), Some("א1ب"));
        for text in ["1א", "א1", "אaב", "א\u{aa}ב"] {
            assert_eq!(prepared(text), None, "{text}");
            assert_eq!(expected(text), None, "{text}");
        }
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
            if let Ok(prepared) = saslprep(&format!("é{c}")) {
                assert_eq!(prepared.capacity(), prepared.len(), "{:x}", c as u32);
            }
        }
    }

    proptest! {
        #[test]
        fn texts_are_prepared_as_by_the_library(text in "\\PC*") {
            prop_assert_eq!(prepared(&text), expected(&text));
        }

        #[test]
        fn texts_in_which_characters_meet_are_too(text in samples::text()) {
            prop_assert_eq!(prepared(&text), expected(&text));
        }
    }
}

//! Phrases: the name of a mailbox's owner or of a group (RFC 5322, section 3.2.5).
//!
//! Python's `email` shows a blank between two encoded words that meet in a name. So a name is one encoded
//! word, even if it is longer than the 75 octets of RFC 2047, section 2: all readers take that. If plain
//! words stand between shorter encoded words, it needs no such length.
//!
//! A name is never folded, though its line becomes longer than 78 octets: GMime keeps the line end in it.

use super::encoded_word::{MAX_WORD, word};
use super::field::MAX_LINE;
use super::mailbox::is_atom;

/// Octets that words may take beside a field's name in a line of 998 (RFC 5322, section 2.1.1).
const MAX_PHRASE: usize = 950;

/// `name` as a phrase. It holds no control characters.
pub(super) fn phrase(name: &str) -> String {
    let is_plain = |text: &str| text.is_ascii() && is_atom(text) && !text.contains("=?");
    if name.split(' ').all(is_plain) {
        return name.into();
    }
    if is_quotable(name) {
        return quoted(name);
    }
    let whole = word(name);
    if whole.len() > MAX_WORD && has_single_blanks(name) {
        let split = with_plain_words(name, is_plain);
        let are_short = split.iter().all(|word| word.len() <= MAX_WORD);
        let split = split.join(" ");
        if are_short && split.len() <= MAX_PHRASE {
            return split;
        }
    }
    whole
}

/// Readers lose runs of blanks, take what looks like an encoded word for one, stumble over `\"` and `\\`, and end a
/// group at `;`. Nor may a quoted string be folded, so that a longer one is no shorter than an encoded word.
fn is_quotable(name: &str) -> bool {
    let is_simple = !name.contains(['"', '\\', ';']) && !name.contains("=?");
    name.is_ascii() && name.len() < MAX_LINE * 2 && is_simple && has_single_blanks(name)
}

/// Whether each blank stands between two words.
fn has_single_blanks(name: &str) -> bool {
    name.split(' ').all(|word| !word.is_empty())
}

/// A quoted string (RFC 5322, section 3.2.4).
pub(super) fn quoted(name: &str) -> String {
    let mut quoted = String::with_capacity(name.len() + 2);
    quoted.push('"');
    for character in name.chars() {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

/// Encodes what is not plain, so that no two encoded words meet.
fn with_plain_words(name: &str, is_plain: impl Fn(&str) -> bool) -> Vec<String> {
    let mut words = Vec::new();
    let mut encoded = String::new();
    for part in name.split(' ') {
        if is_plain(part) {
            if !encoded.is_empty() {
                words.push(word(&encoded));
                encoded.clear();
            }
            words.push(part.into());
        } else {
            if !encoded.is_empty() {
                encoded.push(' ');
            }
            encoded.push_str(part);
        }
    }
    if !encoded.is_empty() {
        words.push(word(&encoded));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_quoted_or_one_encoded_word() {
        for (name, expected) in [
            ("Ann", "Ann"),
            ("Ann O'Hara", "Ann O'Hara"),
            ("Ann B. Miller", "\"Ann B. Miller\""),
            ("Miller, Ann", "\"Miller, Ann\""),
            ("The \"Boss\"", "=?UTF-8?Q?The_=22Boss=22?="),
            ("a\\b; c", "=?UTF-8?Q?a=5Cb=3B_c?="),
            ("ann@example.org (Ann)", "\"ann@example.org (Ann)\""),
            ("Jörg Müller", "=?UTF-8?Q?J=C3=B6rg_M=C3=BCller?="),
            ("Müller, Jörg", "=?UTF-8?Q?M=C3=BCller=2C_J=C3=B6rg?="),
            ("山田太郎", "=?UTF-8?B?5bGx55Sw5aSq6YOO?="),
            ("=?UTF-8?Q?x?=", "=?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fx=3F=3D?="),
            ("a  b", "=?UTF-8?Q?a__b?="),
            (" a", "=?UTF-8?Q?_a?="),
            ("a ", "=?UTF-8?Q?a_?="),
        ] {
            assert_eq!(phrase(name), expected);
        }
    }

    #[test]
    fn a_long_name_has_plain_words_between_its_encoded_words() {
        assert_eq!(
            phrase("Jörg Müller-Lüdenscheidt von und zu Österreich-Ungarn und Übersee"),
            "=?UTF-8?Q?J=C3=B6rg_M=C3=BCller-L=C3=BCdenscheidt?= von und zu \
             =?UTF-8?Q?=C3=96sterreich-Ungarn?= und =?UTF-8?Q?=C3=9Cbersee?="
        );
    }

    #[test]
    fn a_name_fits_into_a_line_however_many_words_would_be_encoded() {
        for name in ["é a ".repeat(100), "€".repeat(166), "é".repeat(250)] {
            assert!(phrase(&name).len() < 960);
        }
    }

    #[test]
    fn a_long_name_keeps_its_blanks() {
        for name in [" Jörg von", "Jörg  von", "Jörg von "] {
            let name = format!("{name}{}", "ü".repeat(30));
            assert_eq!(phrase(&name), word(&name));
        }
    }

    #[test]
    fn a_long_name_without_plain_words_is_one_encoded_word() {
        let phrase = phrase(&"山田太郎".repeat(10));
        assert_eq!(phrase.matches("=?").count(), 1);
        assert!(phrase.len() > 75);
    }
}

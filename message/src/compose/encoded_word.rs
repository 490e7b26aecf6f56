//! Encoded words: text that is not ASCII, in a header field (RFC 2047).
//!
//! ```text
//! =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=     Q: readable, three octets for one that is not ASCII
//! =?UTF-8?B?R3LDvMOfZQ==?=        B: base64
//! ```
//!
//! A long text becomes a run of words, none of which ends within a character. In a run, only the last word
//! may have padding in B: GMime, and so notmuch, loses every word after a padded one. If the characters do
//! not allow a word of whole groups of three octets, that word is in Q.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::field::Field;

/// Octets of an encoded word (RFC 2047, section 2).
pub(super) const MAX_WORD: usize = 75;

/// Octets of a word without its text: `=?UTF-8?Q?` and `?=`.
const FRAME: usize = 12;

/// The shortest room in which a word is begun: one character of four octets takes 12 in Q.
pub(super) const MIN_ROOM: usize = FRAME + 12;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    B,
    Q,
}

/// One word for the whole text, however long.
pub(super) fn word(text: &str) -> String {
    let word = encode(text, suited(text));
    let in_b = FRAME + text.len().div_ceil(3) * 4;
    if word.len() > MAX_WORD && in_b < word.len() {
        return encode(text, Encoding::B);
    }
    word
}

/// Writes `text` as a run of words of 75 octets at most.
pub(super) fn write_run(field: &mut Field<'_>, text: &str) {
    let encoding = suited(text);
    let mut rest = text;
    while !rest.is_empty() {
        if field.room() < MIN_ROOM {
            field.fold();
        }
        let room = field.room().clamp(MIN_ROOM, MAX_WORD) - FRAME;
        let (end, encoding) = match encoding {
            Encoding::B => end_in_b(rest, room).map_or_else(
                || (end_in_q(rest, room), Encoding::Q),
                |end| (end, Encoding::B),
            ),
            Encoding::Q => (end_in_q(rest, room), Encoding::Q),
        };
        let (now, later) = rest.split_at(end);
        field.word(&encode(now, encoding));
        rest = later;
    }
}

/// Q, which people can read, unless it would encode more than half of the octets.
fn suited(text: &str) -> Encoding {
    let literal = text.bytes().filter(|octet| width_in_q(*octet) == 1).count();
    if literal * 2 >= text.len() {
        Encoding::Q
    } else {
        Encoding::B
    }
}

/// How much of `text` a word in B takes: all, or whole groups of three octets that end with a character.
fn end_in_b(text: &str, room: usize) -> Option<usize> {
    let octets = room / 4 * 3;
    if text.len() <= octets {
        return Some(text.len());
    }
    (1..=octets / 3)
        .rev()
        .map(|groups| groups * 3)
        .find(|end| text.is_char_boundary(*end))
}

/// How much of `text` a word in Q takes: at least one character, as no room is below [`MIN_ROOM`].
fn end_in_q(text: &str, room: usize) -> usize {
    let mut used = 0;
    let mut characters = text.char_indices();
    characters
        .find(|(start, character)| {
            let end = start + character.len_utf8();
            let octets = text.as_bytes().get(*start..end).unwrap_or_default();
            used += octets.iter().copied().map(width_in_q).sum::<usize>();
            used > room
        })
        .map_or(text.len(), |(start, _)| start)
}

fn encode(text: &str, encoding: Encoding) -> String {
    let mut word = String::with_capacity(FRAME + text.len() * 3);
    match encoding {
        Encoding::B => {
            word.push_str("=?UTF-8?B?");
            STANDARD.encode_string(text, &mut word);
        }
        Encoding::Q => {
            word.push_str("=?UTF-8?Q?");
            for octet in text.bytes() {
                push_in_q(&mut word, octet);
            }
        }
    }
    word.push_str("?=");
    word
}

fn push_in_q(word: &mut String, octet: u8) {
    if octet == b' ' {
        word.push('_');
    } else if is_literal_in_q(octet) {
        word.push(char::from(octet));
    } else {
        push_hex(word, '=', octet);
    }
}

/// Appends `mark` and the two hexadecimal digits of `octet`.
pub(super) fn push_hex(text: &mut String, mark: char, octet: u8) {
    text.push(mark);
    for digit in [octet >> 4, octet & 15] {
        text.push(char::from(*HEX.get(usize::from(digit)).unwrap_or(&b'0')));
    }
}

fn width_in_q(octet: u8) -> usize {
    if octet == b' ' || is_literal_in_q(octet) {
        1
    } else {
        3
    }
}

/// What a word may hold even in a display name (RFC 2047, section 5, rule 3).
fn is_literal_in_q(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'!' | b'*' | b'+' | b'-' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> String {
        let mut message = Vec::new();
        let mut field = Field::new(&mut message, "Subject");
        write_run(&mut field, text);
        field.end();
        String::from_utf8(message).unwrap()
    }

    #[test]
    fn text_is_in_q_if_people_can_read_that() {
        assert_eq!(word("Grüße an"), "=?UTF-8?Q?Gr=C3=BC=C3=9Fe_an?=");
        assert_eq!(word("世界"), "=?UTF-8?B?5LiW55WM?=");
        assert_eq!(word(&"aé.".repeat(9)).len(), 12 + 48);
    }

    #[test]
    fn a_word_in_q_has_letters_digits_and_five_marks_as_they_are() {
        assert_eq!(
            word("aZ09!*+-/ ,\"(é)"),
            "=?UTF-8?Q?aZ09!*+-/_=2C=22=28=C3=A9=29?="
        );
    }

    #[test]
    fn only_the_last_word_of_a_run_is_padded() {
        let text = format!("a{}", "おはようございます".repeat(20));
        let run = run(&text);
        let words: Vec<_> = run.matches("?B?").collect();
        assert!(words.len() > 5);
        assert!(!run.trim_end().trim_end_matches("=?=").contains("=?=\r\n"));
    }

    #[test]
    fn characters_that_never_end_with_a_group_of_three_begin_with_a_word_in_q() {
        let run = run(&format!("ä{}", "€".repeat(60)));
        assert!(run.starts_with("Subject: =?UTF-8?Q?=C3=A4=E2=82=AC"));
        assert!(run.contains("\r\n =?UTF-8?B?4oKs"));
    }

    #[test]
    fn no_line_with_a_word_is_longer_than_76_octets() {
        for character in ["ä", "€", "😀", "é", "x"] {
            for line in run(&character.repeat(500)).lines() {
                assert!(line.len() <= 76, "{line}");
            }
        }
    }
}

//! Unstructured text: Subject, and fields of the caller's own (RFC 5322, section 3.2.5).
//!
//! From the first to the last word that ASCII cannot say, the text is encoded; the rest stays readable, and
//! is folded at single blanks only. Readers lose runs of blanks, so that these are encoded too.

use super::encoded_word::write_run;
use super::field::Field;

/// Octets of a word that is left as it is: a line has 998 at most (RFC 5322, section 2.1.1), less the
/// name of the field.
const MAX_PLAIN_WORD: usize = 900;

/// Writes `text`, which holds no control characters.
pub(super) fn write_text(field: &mut Field<'_>, text: &str) {
    let Some((start, end)) = encoded_part(text) else {
        return write_plain(field, text);
    };
    let part = |range| text.get(range).unwrap_or_default();
    write_plain(field, part(0..start).trim_end_matches(' '));
    write_run(field, part(start..end));
    write_plain(field, part(end..text.len()).trim_start_matches(' '));
}

fn write_plain(field: &mut Field<'_>, text: &str) {
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        field.word(word);
    }
}

/// Start and end of what is encoded: whole words, and runs of blanks with the words beside them.
fn encoded_part(text: &str) -> Option<(usize, usize)> {
    let mut part: Option<(usize, usize)> = None;
    let mut previous = 0;
    let mut after_blanks = false;
    let mut start = 0;
    for word in text.split(' ') {
        let end = start + word.len();
        if needs_encoding(word) || after_blanks {
            let first = if word.is_empty() { previous } else { start };
            part = Some((part.map_or(first, |(first, _)| first), end));
        }
        after_blanks = word.is_empty();
        previous = start;
        start = end + 1;
    }
    part
}

/// An empty word stands between two blanks, or is a blank at an end of the text.
fn needs_encoding(word: &str) -> bool {
    word.is_empty() || !word.is_ascii() || word.contains("=?") || word.len() > MAX_PLAIN_WORD
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(text: &str) -> String {
        let mut message = Vec::new();
        let mut field = Field::new(&mut message, "Subject");
        write_text(&mut field, text);
        field.end();
        String::from_utf8(message).unwrap()
    }

    #[test]
    fn ascii_is_folded_at_single_blanks_and_never_after_the_colon() {
        let text = "word ".repeat(40) + &"x".repeat(100) + " end";
        let folded = subject(&text);
        assert!(folded.starts_with("Subject: word"));
        assert_eq!(folded.replace("\r\n ", " "), format!("Subject: {text}\r\n"));
        let long = "y".repeat(200);
        assert_eq!(subject(&long), format!("Subject: {long}\r\n"));
    }

    #[test]
    fn only_the_words_that_ascii_cannot_say_are_encoded_with_what_stands_between_them() {
        assert_eq!(
            subject("an offer für die Küche from us"),
            "Subject: an offer =?UTF-8?Q?f=C3=BCr_die_K=C3=BCche?= from us\r\n"
        );
    }

    #[test]
    fn runs_of_blanks_and_blanks_at_the_ends_are_encoded() {
        for (text, expected) in [
            ("a  b c", "=?UTF-8?Q?a__b?= c"),
            ("c a   b", "c =?UTF-8?Q?a___b?="),
            (" a b", "=?UTF-8?Q?_a?= b"),
            ("a b ", "a =?UTF-8?Q?b_?="),
            (" ", "=?UTF-8?Q?_?="),
            ("   ", "=?UTF-8?Q?___?="),
        ] {
            assert_eq!(subject(text), format!("Subject: {expected}\r\n"));
        }
    }

    #[test]
    fn what_looks_like_an_encoded_word_is_encoded() {
        assert_eq!(
            subject("see =?UTF-8?Q?x?= here"),
            "Subject: see =?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fx=3F=3D?= here\r\n"
        );
    }

    #[test]
    fn a_word_too_long_for_a_line_is_encoded() {
        let folded = subject(&"z".repeat(2000));
        assert!(folded.lines().all(|line| line.len() <= 76));
    }
}

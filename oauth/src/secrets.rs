//! The secrets of a request, which a server's words may repeat.

use zeroize::Zeroizing;

/// So many characters of a secret are not shown: fewer are found in any text by chance.
const SHOWN_AT_MOST: usize = 7;
/// The server's words are cut to this before secrets are looked for, and to `MAX_WORDS` after.
const MAX_SEARCHED: usize = 4096;
/// In characters.
const MAX_WORDS: usize = 300;
const REPLACEMENT: &str = "[secret]";

#[derive(Default)]
pub(crate) struct Secrets(Vec<Zeroizing<String>>);

impl Secrets {
    /// Remembers the secret as it is and as it is sent.
    pub(crate) fn add(&mut self, secret: &str) {
        self.0.push(Zeroizing::new(secret.into()));
    }

    /// A server's words for an error: in one line, cut, and without what the secrets have of eight characters or
    /// more. A shorter secret is replaced as a whole.
    pub(crate) fn cut_out(&self, words: &str) -> String {
        let words: String = words.chars().take(MAX_SEARCHED).collect();
        let marks = self.marks(words.as_bytes());
        let mut shown = String::new();
        let mut in_secret = false;
        for (at, character) in words.char_indices() {
            let marked = marks[at..at + character.len_utf8()].contains(&true);
            match (marked, in_secret) {
                (true, false) => shown.push_str(REPLACEMENT),
                (true, true) => {}
                (false, _) if character.is_control() => shown.push(' '),
                (false, _) => shown.push(character),
            }
            in_secret = marked;
        }
        if shown.chars().count() > MAX_WORDS {
            shown = shown.chars().take(MAX_WORDS).chain(['\u{2026}']).collect();
        }
        shown.trim().into()
    }

    /// Which octets belong to a secret.
    fn marks(&self, words: &[u8]) -> Vec<bool> {
        let mut marks = vec![false; words.len()];
        for secret in &self.0 {
            let length = secret.len().min(SHOWN_AT_MOST + 1);
            if length == 0 {
                continue;
            }
            for (at, window) in words.windows(length).enumerate() {
                if secret.as_bytes().windows(length).any(|it| it == window) {
                    marks[at..at + length].fill(true);
                }
            }
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(secrets: &[&str], words: &str) -> String {
        let mut all = Secrets::default();
        secrets.iter().for_each(|it| all.add(it));
        all.cut_out(words)
    }

    #[test]
    fn a_secret_is_not_shown_whole_or_in_part() {
        let secret = "correct-horse-battery";
        for (words, cut) in [
            ("no: correct-horse-battery!", "no: [secret]!"),
            (
                "begins with correct-ho\u{2026}",
                "begins with [secret]\u{2026}",
            ),
            ("ends in e-battery", "ends in [secret]"),
            ("correct-horse-batterycorrect-horse", "[secret]"),
            ("the correct one", "the correct one"),
        ] {
            assert_eq!(shown(&[secret], words), cut);
        }
    }

    #[test]
    fn a_short_secret_is_replaced_as_a_whole_and_an_empty_one_is_nowhere() {
        assert_eq!(shown(&["pin", ""], "your pin"), "your [secret]");
    }

    #[test]
    fn a_secret_of_other_scripts_is_cut_at_characters() {
        let secret = "\u{e4}\u{f6}\u{fc}\u{e4}\u{f6}\u{fc}";
        assert_eq!(
            shown(&[secret], &format!("\u{e9}{secret}\u{e9}")),
            "\u{e9}[secret]\u{e9}"
        );
    }

    #[test]
    fn words_are_one_line_of_300_characters() {
        assert_eq!(shown(&[], "a\r\nb\x1b[0m"), "a  b [0m");
        let long = shown(&[], &"a".repeat(10_000));
        assert_eq!(long.chars().count(), 301);
    }
}

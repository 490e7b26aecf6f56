//! Excerpts: an error shows the beginning of a text, on one line.

/// Characters of a text that an error shows.
const MAX_SHOWN: usize = 40;

/// The beginning of `text`, harmless on a terminal.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(MAX_SHOWN)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(MAX_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

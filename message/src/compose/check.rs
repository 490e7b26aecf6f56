//! Characters that no header field can hold.

/// Checks a text that becomes part of a header field.
///
/// A line break would begin a field of its own. A tab cannot be kept: half of the readers make it a blank.
pub(super) fn one_line(text: &str) -> Result<(), String> {
    match text.chars().find(|character| is_forbidden(*character)) {
        None => Ok(()),
        Some('\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}') => {
            Err("it holds a line break: put the text on one line".into())
        }
        Some('\t') => Err("it holds a tab: use a blank instead".into()),
        Some('\0') => Err("it holds a NUL: remove that".into()),
        Some(other) => Err(format!(
            "it holds the control character {}: remove that",
            other.escape_unicode()
        )),
    }
}

/// U+2028 and U+2029 are line breaks to Unicode, and to readers that split lines by its rules.
fn is_forbidden(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

//! Excerpts: an error shows the beginning of a line or an address, on one line, harmless on a terminal.

/// Octets, enough to recognise a line or an address.
const MAX_SHOWN: usize = 60;

/// The beginning of `octets`, at most 60 of them, with control and invisible characters escaped.
pub(crate) fn excerpt(octets: &[u8]) -> String {
    // One more character, to know whether the text goes on.
    let start = octets.get(..MAX_SHOWN + 4).unwrap_or(octets);
    let text = String::from_utf8_lossy(start);
    let mut shown = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += character.len_utf8();
        if used > MAX_SHOWN {
            shown.push('…');
            break;
        }
        match character {
            // Quotes are common in addresses, and easier to read unescaped.
            '"' | '\'' => shown.push(character),
            _ => shown.extend(character.escape_debug()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn line_breaks_and_escape_sequences_are_escaped() {
        assert_eq!(excerpt(b"250\r\n\x1b[31mred"), r"250\r\n\u{1b}[31mred");
        assert_eq!(excerpt("abc\u{202e}def".as_bytes()), r"abc\u{202e}def");
    }

    #[test]
    fn quotes_stay_as_they_are() {
        assert_eq!(
            excerpt(br#""o'hara"@example.org"#),
            r#""o'hara"@example.org"#
        );
    }

    #[test]
    fn only_the_beginning_is_shown_and_no_character_is_split() {
        assert_eq!(excerpt(&[b'a'; 60]), "a".repeat(60));
        assert_eq!(excerpt(&[b'a'; 61]), "a".repeat(60) + "…");
        assert_eq!(excerpt("é".repeat(500).as_bytes()), "é".repeat(30) + "…");
        assert_eq!(excerpt(&[0xff; 500]), "\u{fffd}".repeat(20) + "…");
    }
}

//! Quoted-printable (RFC 2045, section 6.7).

use super::encoded_word::push_hex;
use super::field::MAX_LINE;

/// Encodes `text`, whose line ends are CRLF.
///
/// A soft line break never divides a character. White space at the end of a line is encoded, and the F of
/// `From ` at its start: stores of mail put a `>` before that, which would break a signature.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + text.len() / 8);
    for line in text.split_inclusive("\r\n") {
        let (line, end) = line
            .strip_suffix("\r\n")
            .map_or((line, ""), |line| (line, "\r\n"));
        encode_line(&mut encoded, line);
        encoded.push_str(end);
    }
    encoded
}

fn encode_line(encoded: &mut String, line: &str) {
    let mut column = 0;
    for (start, character) in line.char_indices() {
        let rest = line.get(start..).unwrap_or_default();
        let is_last = rest.len() == character.len_utf8();
        let is_literal = match character {
            ' ' | '\t' => !is_last,
            '=' => false,
            _ => character.is_ascii_graphic(),
        };
        let width = if is_literal {
            1
        } else {
            3 * character.len_utf8()
        };
        // The `=` of a soft line break has to fit after all but the last.
        if column + width + usize::from(!is_last) > MAX_LINE {
            encoded.push_str("=\r\n");
            column = 0;
        }
        if is_literal && !(column == 0 && rest.starts_with("From ")) {
            encoded.push(character);
            column += width;
        } else {
            for octet in character.encode_utf8(&mut [0; 4]).bytes() {
                push_hex(encoded, '=', octet);
                column += 3;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn white_space_at_line_ends_is_encoded_and_nowhere_else() {
        assert_eq!(
            encode(" a \r\n\t\r\nb c\t\r\n"),
            " a=20\r\n=09\r\nb c=09\r\n"
        );
        assert_eq!(encode("-- \r\n"), "--=20\r\n");
    }

    #[test]
    fn what_is_not_printable_ascii_is_encoded() {
        assert_eq!(encode("a=é\0\u{c}\u{7f}"), "a=3D=C3=A9=00=0C=7F");
    }

    #[test]
    fn from_at_the_start_of_a_line_is_encoded() {
        assert_eq!(
            encode("From me\r\n From\r\nFromage\r\n"),
            "=46rom me\r\n From\r\nFromage\r\n"
        );
        let wrapped = encode(&format!("{}From me", "x".repeat(75)));
        assert_eq!(wrapped, format!("{}=\r\n=46rom me", "x".repeat(75)));
    }

    #[test]
    fn lines_have_76_octets_at_most_and_end_with_whole_characters() {
        for character in ["x", "é", "€", "😀", "=", " "] {
            for before in 0..12 {
                let text = "a".repeat(before) + &character.repeat(200) + "!";
                let encoded = encode(&text);
                assert!(encoded.lines().all(|line| line.len() <= 76), "{encoded}");
                let unit = if character.len() > 1 || character == "=" {
                    character.len() * 3
                } else {
                    1
                };
                for line in encoded.lines().skip(1) {
                    let text = line.trim_end_matches('!').trim_end_matches('=');
                    assert_eq!(text.len() % unit, 0, "{line}");
                }
            }
        }
        assert_eq!(encode(&"x".repeat(76)), "x".repeat(76));
    }
}

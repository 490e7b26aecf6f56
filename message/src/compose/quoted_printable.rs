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

/// Appends a line without its end: runs of characters as they are, and encoded characters between them.
fn encode_line(encoded: &mut String, line: &str) {
    let mut column = 0;
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let room = MAX_LINE - column;
        // The `=` of a soft line break has to fit after all but the last.
        let fits =
            |width: usize, octets: usize| width < room || (width == room && octets == rest.len());
        let literal = literal_run(rest);
        let is_encoded = literal == 0 || (column == 0 && rest.starts_with("From "));
        let length = if is_encoded {
            let octets = first.len_utf8();
            if fits(octets * 3, octets) { octets } else { 0 }
        } else if fits(literal, literal) {
            literal
        } else {
            room - 1
        };
        if length == 0 {
            encoded.push_str("=\r\n");
            column = 0;
            continue;
        }
        let (taken, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if is_encoded {
            taken
                .bytes()
                .for_each(|octet| push_hex(encoded, '=', octet));
            column += length * 3;
        } else {
            encoded.push_str(taken);
            column += length;
        }
        rest = after;
    }
}

/// How many octets at the start of `text` stay as they are: those of a line at most.
fn literal_run(text: &str) -> usize {
    let is_literal = |octet: &u8| matches!(octet, b'\t' | b' '..=b'~') && *octet != b'=';
    let run = text.bytes().take(MAX_LINE).take_while(is_literal).count();
    let ends_with_blank = run == text.len() && text.ends_with([' ', '\t']);
    run - usize::from(ends_with_blank)
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

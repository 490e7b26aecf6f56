//! The fields of a header, and their relaxed form (RFC 6376, section 3.4.2).

use super::error::SignError;

/// Real messages have about a hundred, most of them of servers on the way.
const MAX_FIELDS: usize = 1000;

/// A field of a header: its name, and what follows the colon, with the last CRLF.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Field<'a> {
    pub name: &'a str,
    value: &'a [u8],
}

impl<'a> Field<'a> {
    pub(super) fn new(name: &'a str, value: &'a [u8]) -> Self {
        Self { name, value }
    }

    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Appends the relaxed form, without CRLF: the name in lower case, the value unfolded, each run of white
    /// space one blank, none around the colon and at the end.
    pub(super) fn relax(&self, out: &mut Vec<u8>) {
        out.extend(self.name.bytes().map(|octet| octet.to_ascii_lowercase()));
        out.push(b':');
        let start = out.len();
        let mut blank = false;
        for octet in self.value {
            match octet {
                b'\r' | b'\n' => (),
                b' ' | b'\t' => blank = true,
                _ => {
                    if blank && out.len() > start {
                        out.push(b' ');
                    }
                    blank = false;
                    out.push(*octet);
                }
            }
        }
    }
}

/// The fields of a header without the blank line, whose lines all end with CRLF.
pub(super) fn fields(header: &[u8]) -> Result<Vec<Field<'_>>, SignError> {
    let mut fields = Vec::new();
    let mut rest = header;
    let mut line = 1;
    while !rest.is_empty() {
        let (length, lines) = field_length(rest);
        let (text, behind) = rest.split_at_checked(length).unwrap_or((rest, b""));
        fields.push(field(text).ok_or(SignError::NotAField(line))?);
        if fields.len() > MAX_FIELDS {
            return Err(SignError::HeaderTooLong);
        }
        line += lines;
        rest = behind;
    }
    Ok(fields)
}

/// The octets and lines of the first field and its continuations.
fn field_length(header: &[u8]) -> (usize, u64) {
    let mut lines = 0;
    for end in memchr::memchr_iter(b'\n', header) {
        lines += 1;
        if !matches!(header.get(end + 1), Some(b' ' | b'\t')) {
            return (end + 1, lines);
        }
    }
    (header.len(), lines)
}

/// `None` if the text is not a name, at once a colon, and a value.
fn field(text: &[u8]) -> Option<Field<'_>> {
    let (name, value) = text.split_at_checked(memchr::memchr(b':', text)?)?;
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    let name = str::from_utf8(name).ok().filter(|_| is_name)?;
    Some(Field {
        name,
        value: value.get(1..)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relaxed(header: &str) -> Vec<String> {
        let relax = |field: Field<'_>| {
            let mut out = Vec::new();
            field.relax(&mut out);
            String::from_utf8(out).unwrap()
        };
        fields(header.as_bytes())
            .unwrap()
            .into_iter()
            .map(relax)
            .collect()
    }

    #[test]
    fn the_relaxed_form_of_rfc_6376_section_3_4_5() {
        assert_eq!(relaxed("A: X\r\nB: Y\t\r\n\tZ  \r\n"), ["a:X", "b:Y Z"]);
    }

    #[test]
    fn folds_and_white_space_become_one_blank_or_none() {
        assert_eq!(
            relaxed("Subject:\r\n \t a  b \r\n\tc\r\nX:\r\nY: \r\n \r\nZ:z\r\n"),
            ["subject:a b c", "x:", "y:", "z:z"]
        );
    }

    #[test]
    fn a_line_that_is_no_field_is_named() {
        for (header, line) in [
            ("From ann@example.org Mon\r\n", 1),
            ("From: a\r\n b\r\nSubject : c\r\n", 3),
            ("From: a\r\n: c\r\n", 2),
            (" From: a\r\n", 1),
            ("Sübject: a\r\n", 1),
            ("Hello\r\n", 1),
        ] {
            let found = fields(header.as_bytes());
            assert_eq!(found, Err(SignError::NotAField(line)), "{header}");
        }
    }

    #[test]
    fn a_header_may_have_a_thousand_fields_and_no_more() {
        let header = "a:\r\n".repeat(MAX_FIELDS);
        assert_eq!(fields(header.as_bytes()).unwrap().len(), MAX_FIELDS);
        let header = header + "a:\r\n";
        assert_eq!(fields(header.as_bytes()), Err(SignError::HeaderTooLong));
    }
}

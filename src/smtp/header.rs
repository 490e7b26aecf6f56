//! Where a message's header ends, and which of its fields is not ASCII.
//!
//! ```text
//! From ann@example.org Mon Nov 30 ...      the line of an mbox file before the header: passed over
//! Subject: Greetings                       a field: a name, a colon (RFC 5322, section 2.2)
//!  from Zürich                             a continuation (section 2.2.3)
//! Hello                                    neither: the header has ended before this line
//! ```
//!
//! White space before the colon is allowed (section 4.5.8, obsolete). A server ends the header at the
//! same line, and Postfix passes over the line of an mbox file as well.

use super::error::Error;
use core::fmt;

/// Octets of a field's name that are kept to be shown.
const MAX_SHOWN: usize = 40;

/// The name of a header field, as far as an error shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldName {
    octets: [u8; MAX_SHOWN],
    /// Of the whole name.
    length: usize,
}

/// Where in a message something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Field(FieldName),
    /// The body's line of this number, counted from the message's first.
    Line(u64),
}

/// Takes the lines of a message in order, in pieces or whole, until the header has ended.
#[derive(Default)]
pub(super) struct HeaderScan {
    state: State,
    is_after_first_line: bool,
    /// The name that is being read.
    name: FieldName,
    /// The field that a continuation would go on with.
    field: Option<FieldName>,
    first_not_ascii: Option<FieldName>,
    utf8: Utf8,
}

/// What of a line has been read.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Nothing,
    /// Some of a field's name, if a colon follows it.
    Name,
    /// White space after the name.
    Space,
    /// The name and the colon, or the white space of a continuation.
    Value,
    /// Enough to know the line of an mbox file.
    Mbox,
    /// The header has ended.
    Over,
}

/// Whether octets that come in pieces are UTF-8.
#[derive(Default)]
struct Utf8 {
    /// The beginning of a character.
    begun: Vec<u8>,
    is_broken: bool,
}

impl HeaderScan {
    /// A line without its end, or a piece of one; `ended` says whether the line ends here.
    pub fn read(&mut self, text: &[u8], ended: bool) {
        for (i, octet) in text.iter().enumerate() {
            match self.state {
                State::Value => {
                    self.read_value(text.get(i..).unwrap_or_default());
                    break;
                }
                State::Mbox | State::Over => break,
                _ => self.state = self.after(*octet),
            }
        }
        if ended {
            self.end_line();
        }
    }

    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// The first field with an octet above 127.
    pub fn first_not_ascii(&self) -> Option<FieldName> {
        self.first_not_ascii
    }

    /// The same, if the header is UTF-8 as far as it was read.
    pub fn first_in_utf8(&self) -> Option<FieldName> {
        self.first_not_ascii.filter(|_| self.utf8.is_valid())
    }

    /// Before the colon, or within the white space that begins a continuation.
    fn after(&mut self, octet: u8) -> State {
        match (self.state, octet) {
            (State::Nothing, b' ' | b'\t') if self.field.is_some() => State::Value,
            (State::Nothing | State::Name, b'!'..=b'9' | b';'..=b'~') => {
                if self.state == State::Nothing {
                    self.name = FieldName::default();
                }
                self.name.push(octet);
                State::Name
            }
            (State::Name | State::Space, b':') => {
                self.field = Some(self.name);
                State::Value
            }
            (State::Name | State::Space, b' ' | b'\t') => State::Space,
            (State::Space, _) if !self.is_after_first_line && self.name.shown() == b"From" => {
                State::Mbox
            }
            _ => State::Over,
        }
    }

    fn read_value(&mut self, text: &[u8]) {
        if !text.is_ascii() {
            self.first_not_ascii = self.first_not_ascii.or(self.field);
        }
        self.utf8.read(text);
    }

    fn end_line(&mut self) {
        self.is_after_first_line = true;
        self.utf8.end_line();
        self.state = match self.state {
            State::Value | State::Mbox => State::Nothing,
            _ => State::Over,
        };
    }
}

impl Utf8 {
    fn read(&mut self, mut octets: &[u8]) {
        while !self.begun.is_empty()
            && let Some((octet, rest)) = octets.split_first()
        {
            self.begun.push(*octet);
            octets = rest;
            let begun = core::mem::take(&mut self.begun);
            self.check(&begun);
        }
        self.check(octets);
    }

    /// From the beginning of a character on.
    fn check(&mut self, octets: &[u8]) {
        if let Err(error) = core::str::from_utf8(octets) {
            match error.error_len() {
                Some(_) => self.is_broken = true,
                None => self.begun = octets.get(error.valid_up_to()..).unwrap_or_default().into(),
            }
        }
    }

    fn end_line(&mut self) {
        self.is_broken |= !self.begun.is_empty();
        self.begun.clear();
    }

    fn is_valid(&self) -> bool {
        !self.is_broken && self.begun.is_empty()
    }
}

impl FieldName {
    fn push(&mut self, octet: u8) {
        if let Some(place) = self.octets.get_mut(self.length) {
            *place = octet;
        }
        self.length += 1;
    }

    fn shown(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or(&self.octets)
    }

    /// What a server without SMTPUTF8 is not to get (RFC 6531, section 3.2).
    pub(super) fn needs_smtputf8(self) -> Error {
        Error::unavailable(
            "SMTPUTF8",
            format!("which the header field `{self}` needs, as it is in UTF-8: {ENCODE_FIELD}"),
        )
    }
}

/// What people can do about a field that is not ASCII.
pub(super) const ENCODE_FIELD: &str =
    "write its text in encoded words (RFC 2047), and addresses in it in ASCII";

impl Place {
    /// What a server without 8BITMIME is not to get (RFC 6152, section 3).
    pub(super) fn needs_8bitmime(self) -> Error {
        let need = match self {
            Self::Field(name) => {
                format!("which the header field `{name}` needs, as it is not ASCII: {ENCODE_FIELD}")
            }
            Self::Line(number) => format!(
                "which line {number} of the message needs, as it is not ASCII: encode the part that \
                 it is in as quoted-printable or base64"
            ),
        };
        Error::unavailable("8BITMIME", need)
    }
}

impl Default for FieldName {
    fn default() -> Self {
        Self {
            octets: [0; MAX_SHOWN],
            length: 0,
        }
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // All of it is ASCII.
        f.write_str(&String::from_utf8_lossy(self.shown()))?;
        if self.length > MAX_SHOWN {
            f.write_str("…")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first field that is not ASCII, and whether the header is UTF-8, after these lines.
    fn found(lines: &[&[u8]]) -> (Option<String>, bool) {
        let mut scan = HeaderScan::default();
        for line in lines {
            scan.read(line, true);
        }
        let name = scan.first_not_ascii().map(|name| name.to_string());
        (name, scan.first_in_utf8().is_some())
    }

    fn named(name: &str, is_utf8: bool) -> (Option<String>, bool) {
        (Some(name.into()), is_utf8)
    }

    const NONE: (Option<String>, bool) = (None, false);
    const UMLAUT: &[u8] = "Zoë".as_bytes();

    #[test]
    fn the_field_is_named_that_is_not_ascii() {
        let subject = "Subject: Zoë".as_bytes();
        assert_eq!(
            found(&[b"From: a@b.example", subject]),
            named("Subject", true)
        );
        assert_eq!(
            found(&[subject, "To: é".as_bytes()]),
            named("Subject", true)
        );
        assert_eq!(
            found(&[b"Subject:", "\tZoë".as_bytes()]),
            named("Subject", true)
        );
        assert_eq!(
            found(&["Subject \t:Zoë".as_bytes()]),
            named("Subject", true)
        );
        assert_eq!(found(&[b"Subject: Zoe"]), NONE);
    }

    #[test]
    fn the_header_ends_at_the_first_line_that_is_neither_field_nor_continuation() {
        let field = b"Subject: Zoe";
        let subject = "Subject: Zoë".as_bytes();
        for end in [
            &b""[..],
            b"Hello",
            b"Hello there: ",
            b": x",
            b"S",
            b"Subject ",
            b"\x01: x",
            UMLAUT,
            "Größe: 1".as_bytes(),
        ] {
            assert_eq!(found(&[field, end, subject]), NONE, "{end:?}");
            assert_eq!(found(&[end, subject]), NONE, "{end:?}");
        }
        // A continuation goes on with a field: there is none before the first line.
        assert_eq!(found(&[b" Hello", subject]), NONE);
        assert_eq!(found(&["\tZoë".as_bytes()]), NONE);
    }

    #[test]
    fn a_body_alone_has_no_header() {
        assert_eq!(found(&["Grüße, Jörg".as_bytes()]), NONE);
        assert_eq!(found(&[b"Dear Ann,", b"", UMLAUT]), NONE);
    }

    #[test]
    fn a_line_of_an_mbox_file_before_the_header_is_passed_over() {
        let mbox = "From jörg@b.example Mon Nov 30 10:00:00 2026".as_bytes();
        let subject = "Subject: Zoë".as_bytes();
        assert_eq!(found(&[mbox, subject]), named("Subject", true));
        assert_eq!(found(&[mbox]), NONE);
        assert_eq!(found(&[mbox, b" x", subject]), NONE);
        assert_eq!(found(&[b"Date: x", mbox, subject]), NONE);
        assert_eq!(
            found(&["From : Jörg <a@b.example>".as_bytes()]),
            named("From", true)
        );
    }

    #[test]
    fn a_header_with_octets_that_are_not_utf_8_is_not_in_utf_8() {
        let subject = "Subject: Zoë".as_bytes();
        let latin_1 = b"Subject: Facture re\xe7ue";
        assert_eq!(found(&[latin_1]), named("Subject", false));
        assert_eq!(found(&[subject, b"X-Latin: \xe7"]), named("Subject", false));
        assert_eq!(found(&[b"X-Latin: \xe7", subject]), named("X-Latin", false));
        assert_eq!(
            found(&[b"Subject: cut \xc3", b" \xab"]),
            named("Subject", false)
        );
        // Nor are surrogates and overlong forms.
        assert_eq!(found(&[b"Subject: \xed\xa0\x80"]), named("Subject", false));
        assert_eq!(found(&[b"Subject: \xc0\xaf"]), named("Subject", false));
        // What follows the header does not count.
        assert_eq!(found(&[subject, b"", b"\xe7"]), named("Subject", true));
    }

    #[test]
    fn a_line_may_be_cut_anywhere() {
        let line = "Subject: 字 é 🙂".as_bytes();
        for at in 0..line.len() {
            let (first, second) = line.split_at(at);
            let mut scan = HeaderScan::default();
            scan.read(first, false);
            scan.read(b"", false);
            scan.read(second, true);
            assert_eq!(scan.first_in_utf8().unwrap().to_string(), "Subject", "{at}");
        }
    }

    #[test]
    fn half_a_character_is_not_utf_8_yet() {
        let mut scan = HeaderScan::default();
        scan.read(b"Subject: \xc3", false);
        assert_eq!(scan.first_in_utf8(), None);
        scan.read(b"\xab", false);
        assert!(scan.first_in_utf8().is_some());
    }

    #[test]
    fn only_the_beginning_of_a_long_name_is_shown() {
        let name = |length| {
            let line = format!("{}: é", "x".repeat(length));
            found(&[line.as_bytes()]).0.unwrap()
        };
        assert_eq!(name(MAX_SHOWN), "x".repeat(MAX_SHOWN));
        assert_eq!(name(MAX_SHOWN + 1), "x".repeat(MAX_SHOWN) + "…");
        assert_eq!(name(900), "x".repeat(MAX_SHOWN) + "…");
    }
}

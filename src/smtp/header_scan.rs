//! The scan of a message's header: its end, and the fields that are not ASCII.
//!
//! ```text
//! From ann@example.org Mon Nov 30 ...      the line of an mbox file before the header: passed over
//! Subject: Greetings                       a field: a name, a colon (RFC 5322, section 2.2)
//!  from Zürich                             a continuation (section 2.2.3)
//! Hello                                    neither: the header has ended before this line
//! ```
//!
//! White space before the colon is allowed (section 4.5.8, obsolete). Servers end the header at the same
//! line, and Postfix passes over the line of an mbox file too.

use core::fmt;

use memchr::memchr2;

use super::error::Error;

/// Octets of a field's name that an error shows.
const MAX_SHOWN: usize = 40;

/// The name of a header field, as an error shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldName {
    octets: [u8; MAX_SHOWN],
    /// Octets of the whole name.
    length: usize,
}

/// A place in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// A field of the header, which people find by its name.
    Field(FieldName),
    /// The number of a line, counted from the message's first.
    Line(u64),
}

/// A field with an octet above 127, and the number of the line of that octet.
#[derive(Clone, Copy)]
pub(super) struct NotAscii {
    pub name: FieldName,
    pub line: u64,
}

/// Scans a message that comes in pieces until its header has ended.
#[derive(Default)]
pub(super) struct HeaderScanner {
    splitter: LineSplitter,
    state: State,
    /// Lines that have ended.
    lines: u64,
    /// The name that is being read.
    name: FieldName,
    /// The field that a continuation belongs to.
    field: Option<FieldName>,
    first_not_ascii: Option<NotAscii>,
    utf8: Utf8,
}

/// How much of a line has been read.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Nothing,
    /// Some of a field's name, if a colon follows.
    Name,
    /// White space after the name.
    Space,
    /// The name and the colon, or the white space of a continuation.
    Value,
    /// Enough to recognise the line of an mbox file.
    Mbox,
    /// The header has ended.
    Over,
}

/// Checks whether octets that come in pieces are UTF-8.
#[derive(Default)]
struct Utf8 {
    /// The first octets of a character that is not complete.
    begun: Vec<u8>,
    is_broken: bool,
}

impl HeaderScanner {
    pub(super) fn read(&mut self, piece: &[u8]) {
        if self.state == State::Over {
            return;
        }
        for (text, ended) in self.splitter.split(piece) {
            self.read_line(text, ended);
            if self.state == State::Over {
                return;
            }
        }
    }

    /// A line without its end, or a part of one. `ended` says whether the line ends here.
    fn read_line(&mut self, text: &[u8], ended: bool) {
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

    /// The first field with an octet above 127.
    pub(super) fn first_not_ascii(&self) -> Option<NotAscii> {
        self.first_not_ascii
    }

    /// The name of this field, if the header is UTF-8 as far as it was read.
    pub(super) fn first_in_utf8(&self) -> Option<FieldName> {
        let field = self.first_not_ascii.filter(|_| self.utf8.is_valid())?;
        Some(field.name)
    }

    /// The state after an octet before the colon, or in the white space that begins a continuation.
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
            (State::Space, _) if self.lines == 0 && self.name.shown() == b"From" => State::Mbox,
            _ => State::Over,
        }
    }

    fn read_value(&mut self, text: &[u8]) {
        if self.first_not_ascii.is_none()
            && !text.is_ascii()
            && let Some(name) = self.field
        {
            let line = self.lines + 1;
            self.first_not_ascii = Some(NotAscii { name, line });
        }
        self.utf8.read(text);
    }

    fn end_line(&mut self) {
        self.lines += 1;
        self.utf8.end_line();
        self.state = match self.state {
            State::Value | State::Mbox => State::Nothing,
            _ => State::Over,
        };
    }
}

/// Cuts a message that comes in pieces into lines. CR, LF and CRLF each end a line.
#[derive(Default)]
struct LineSplitter {
    /// Whether the last octet was a CR. It has ended its line, and an LF that follows belongs to it.
    after_cr: bool,
}

impl LineSplitter {
    /// The lines of `piece` without their ends, and whether each has ended: the last may go on.
    fn split<'a>(&mut self, piece: &'a [u8]) -> impl Iterator<Item = (&'a [u8], bool)> + use<'a> {
        let mut rest = match piece {
            [b'\n', rest @ ..] if self.after_cr => rest,
            _ => piece,
        };
        if let Some(last) = piece.last() {
            self.after_cr = *last == b'\r';
        }
        core::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let (text, after) = rest.split_at(memchr2(b'\r', b'\n', rest).unwrap_or(rest.len()));
            let ended = !after.is_empty();
            rest = match after {
                [b'\r', b'\n', rest @ ..] | [_, rest @ ..] => rest,
                [] => after,
            };
            Some((text, ended))
        })
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

    /// Checks octets that begin with a character.
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

    /// The error for a server without SMTPUTF8, which must not get such a field (RFC 6531, section 3.2).
    pub(super) fn needs_smtputf8(self) -> Error {
        Error::unavailable(
            "SMTPUTF8",
            format!("which the header field `{self}` needs, as it is in UTF-8: {ENCODE_FIELD}"),
        )
    }
}

/// Advice about a field that is not ASCII.
pub(super) const ENCODE_FIELD: &str =
    "write its text in encoded words (RFC 2047), and addresses in it in ASCII";

impl Location {
    /// The error for a server without 8BITMIME, which must not get such octets (RFC 6152, section 3).
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

    /// The name of the first field that is not ASCII, and whether the header is UTF-8, after these lines.
    fn found(lines: &[&[u8]]) -> (Option<String>, bool) {
        let mut scan = HeaderScanner::default();
        for line in lines {
            scan.read_line(line, true);
        }
        let name = scan.first_not_ascii().map(|field| field.name.to_string());
        (name, scan.first_in_utf8().is_some())
    }

    fn named(name: &str, is_utf8: bool) -> (Option<String>, bool) {
        (Some(name.into()), is_utf8)
    }

    const NONE: (Option<String>, bool) = (None, false);
    const UMLAUT: &[u8] = "Zoë".as_bytes();

    #[test]
    fn a_field_that_is_not_ascii_is_named() {
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
        // A continuation belongs to a field, and no field comes before the first line.
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
        // Surrogates and overlong forms are not UTF-8 either.
        assert_eq!(found(&[b"Subject: \xed\xa0\x80"]), named("Subject", false));
        assert_eq!(found(&[b"Subject: \xc0\xaf"]), named("Subject", false));
        // The body does not count.
        assert_eq!(found(&[subject, b"", b"\xe7"]), named("Subject", true));
    }

    #[test]
    fn a_line_may_be_cut_anywhere() {
        let line = "Subject: 字 é 🙂".as_bytes();
        for at in 0..line.len() {
            let (first, second) = line.split_at(at);
            let mut scan = HeaderScanner::default();
            scan.read_line(first, false);
            scan.read_line(b"", false);
            scan.read_line(second, true);
            assert_eq!(scan.first_in_utf8().unwrap().to_string(), "Subject", "{at}");
        }
    }

    #[test]
    fn half_a_character_is_not_utf_8_yet() {
        let mut scan = HeaderScanner::default();
        scan.read_line(b"Subject: \xc3", false);
        assert_eq!(scan.first_in_utf8(), None);
        scan.read_line(b"\xab", false);
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

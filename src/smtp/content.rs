//! The way of a message through DATA: CRLF at the end of every line (RFC 5321, section 2.3.8), a
//! dot before a dot that begins one (section 4.5.2), a dot alone at the end (section 4.1.1.4).
//!
//! ```text
//! "Subject: dots\n\n.one\r..two"  ->  "Subject: dots\r\n\r\n..one\r\n...two\r\n.\r\n"
//! ```

use super::header::HeaderScan;
use memchr::{memchr, memchr2};

pub use super::header::{FieldName, Place};

/// Octets of a line without its CRLF (RFC 5321, section 4.5.3.1.6); a doubled dot is not counted.
pub const MAX_TEXT: usize = 998;

const CRLF: &[u8] = b"\r\n";

/// What is to be known of a message before it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Octets as SIZE counts them (RFC 1870, section 6): with the line ends as they are sent,
    /// without doubled dots and the dot at the end.
    pub size: u64,
    /// Where the first octet above 127 is, for which the message needs 8BITMIME (RFC 6152). None
    /// counts in a message that is sent as it is, by BINARYMIME.
    pub eight_bit: Option<Place>,
    /// The first field that is not ASCII, if the header is UTF-8: the message needs SMTPUTF8 (RFC
    /// 6532, section 3). A header in another character set never could be declared, and goes as
    /// mail did before SMTPUTF8.
    pub utf8_header: Option<FieldName>,
}

impl Survey {
    /// Of a message that is sent as it is, by BINARYMIME.
    pub fn binary(message: &[u8]) -> Self {
        let mut surveyor = Surveyor::binary();
        surveyor.read_header(message);
        Self {
            size: message.len() as u64,
            ..surveyor.found()
        }
    }
}

/// Refuses what DATA cannot carry, naming the line: NUL, and lines of more than [`MAX_TEXT`] octets.
pub fn survey(message: &[u8]) -> Result<Survey, String> {
    let mut surveyor = Surveyor::default();
    surveyor.read(message)?;
    Ok(surveyor.found())
}

/// Makes of a message's pieces, however it is cut into these, what follows the reply to DATA, or
/// what BDAT carries.
#[derive(Default)]
pub struct Encoder {
    splitter: Splitter,
    within_line: bool,
    without_dots: bool,
}

impl Encoder {
    /// For DATA.
    pub fn new() -> Self {
        Self::default()
    }

    /// For BDAT, whose octets are counted: line ends are repaired, dots stay as they are, and none
    /// ends the message (RFC 3030, section 2).
    pub fn without_dots() -> Self {
        Self {
            without_dots: true,
            ..Self::default()
        }
    }

    /// Appends to `out` what can be sent of the message now that `piece` is known: all of it.
    pub fn encode(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        for (text, ended) in self.splitter.split(piece) {
            if !self.within_line && !self.without_dots && text.starts_with(b".") {
                out.push(b'.');
            }
            out.extend_from_slice(text);
            if ended {
                out.extend_from_slice(CRLF);
            }
            self.within_line = !ended;
        }
    }

    /// Ends the last line, where the message did not, and the message.
    pub fn finish(self, out: &mut Vec<u8>) {
        if self.within_line {
            out.extend_from_slice(CRLF);
        }
        if !self.without_dots {
            out.extend_from_slice(b".\r\n");
        }
    }
}

/// [`survey`], piece by piece.
#[derive(Default)]
pub struct Surveyor {
    splitter: Splitter,
    header: HeaderScan,
    /// Of the lines that have ended; of all octets if nothing is changed on the way.
    size: u64,
    eight_bit: Option<Place>,
    lines: u64,
    /// Of the line that has not ended.
    length: usize,
    is_binary: bool,
}

impl Surveyor {
    /// Of a message that is sent as it is, by BINARYMIME: only its header is looked at.
    pub fn binary() -> Self {
        Self {
            is_binary: true,
            ..Self::default()
        }
    }

    /// Refuses what DATA cannot carry as soon as it is seen.
    pub fn read(&mut self, piece: &[u8]) -> Result<(), String> {
        if self.is_binary {
            self.size += piece.len() as u64;
            self.read_header(piece);
            return Ok(());
        }
        let is_ascii = piece.is_ascii();
        for (text, ended) in self.splitter.split(piece) {
            self.length += text.len();
            let number = self.lines + 1;
            self.header.read(text, ended);
            if !is_ascii && self.eight_bit.is_none() && !text.is_ascii() {
                let field = self.header.first_not_ascii();
                self.eight_bit = Some(field.map_or(Place::Line(number), Place::Field));
            }
            if self.length > MAX_TEXT {
                return Err(format!(
                    "line {number} of the message is longer than {MAX_TEXT} octets: encode the \
                     part that it is in as quoted-printable or base64"
                ));
            }
            if memchr(0, text).is_some() {
                return Err(format!(
                    "line {number} of the message holds NUL: encode the part that it is in as base64"
                ));
            }
            if ended {
                self.end_line();
            }
        }
        Ok(())
    }

    /// As much of it as `piece` holds.
    fn read_header(&mut self, piece: &[u8]) {
        if self.header.is_over() {
            return;
        }
        for (text, ended) in self.splitter.split(piece) {
            self.header.read(text, ended);
            if self.header.is_over() {
                return;
            }
        }
    }

    fn end_line(&mut self) {
        self.size += (self.length + CRLF.len()) as u64;
        self.length = 0;
        self.lines += 1;
    }

    /// As if the message ended here.
    pub fn found(&self) -> Survey {
        let unended = match self.length {
            0 => 0,
            length => length + CRLF.len(),
        };
        Survey {
            size: self.size + unended as u64,
            eight_bit: self.eight_bit,
            utf8_header: self.header.first_in_utf8(),
        }
    }
}

/// Cuts a message into lines; CR, LF and CRLF each end one.
#[derive(Default)]
struct Splitter {
    /// Whether the last octet was a CR. It has ended its line; an LF that follows belongs to it.
    after_cr: bool,
}

impl Splitter {
    /// The lines of `piece` without their ends, and whether they have ended: the last may go on.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
        let (mut encoder, mut out) = (Encoder::new(), Vec::new());
        for piece in pieces {
            encoder.encode(piece.as_bytes(), &mut out);
        }
        encoder.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    fn size(message: &str) -> u64 {
        survey(message.as_bytes()).unwrap().size
    }

    #[test]
    fn a_message_in_order_is_sent_as_it_is() {
        let message = "From: a@example.org\r\n\r\nHello.\r\n";
        assert_eq!(encoded([message]), format!("{message}.\r\n"));
        assert_eq!(size(message), message.len() as u64);
    }

    // Conformance: 18
    #[test]
    fn a_dot_at_the_start_of_a_line_is_doubled() {
        assert_eq!(
            encoded([".\r\n..\r\na.b\r\n.c"]),
            "..\r\n...\r\na.b\r\n..c\r\n.\r\n"
        );
        assert_eq!(encoded(["a\n.\rb\r."]), "a\r\n..\r\nb\r\n..\r\n.\r\n");
        assert_eq!(size(".\r\n"), 3);
    }

    // Conformance: 18
    #[test]
    fn a_dot_that_begins_a_piece_within_a_line_is_not() {
        assert_eq!(
            encoded(["a", ".b\r", "\n", ".c", "\r\n"]),
            "a.b\r\n..c\r\n.\r\n"
        );
    }

    // Conformance: 1
    #[test]
    fn cr_and_lf_each_end_a_line_and_together_one() {
        assert_eq!(
            encoded(["a\rb\nc\r\nd\n\re\r\r\n\n"]),
            "a\r\nb\r\nc\r\nd\r\n\r\ne\r\n\r\n\r\n.\r\n"
        );
        assert_eq!(size("a\rb\nc\r\nd\n\re\r\r\n\n"), 21);
        assert_eq!(encoded(["\r\n\r\n"]), "\r\n\r\n.\r\n");
    }

    #[test]
    fn a_crlf_may_be_cut_in_two() {
        assert_eq!(
            encoded(["a\r", "\nb\r", "", "\n", "\n"]),
            "a\r\nb\r\n\r\n.\r\n"
        );
        assert_eq!(encoded(["a\r", "b\r"]), "a\r\nb\r\n.\r\n");
    }

    // Conformance: 19
    #[test]
    fn a_missing_last_line_end_is_added() {
        assert_eq!(encoded(["a"]), "a\r\n.\r\n");
        assert_eq!(size("a"), 3);
        assert_eq!(encoded(["a\r"]), "a\r\n.\r\n");
        assert_eq!(size("a\r"), 3);
    }

    // Conformance: 19
    #[test]
    fn an_empty_message_is_the_dot_alone() {
        // The CRLF before the dot is then that of the DATA line (RFC 5321, section 4.1.1.4).
        assert_eq!(encoded([]), ".\r\n");
        assert_eq!(encoded(["", ""]), ".\r\n");
        assert_eq!(
            survey(b"").unwrap(),
            Survey {
                size: 0,
                eight_bit: None,
                utf8_header: None
            }
        );
    }

    #[test]
    fn octets_above_127_need_8bitmime() {
        assert!(survey("Zoë".as_bytes()).unwrap().eight_bit.is_some());
        assert!(survey(b"Zoe \x7f").unwrap().eight_bit.is_none());
    }

    // Conformance: 55
    #[test]
    fn the_place_that_needs_8bitmime_is_a_field_or_a_line() {
        let place = |message: &str| {
            let place = survey(message.as_bytes()).unwrap().eight_bit.unwrap();
            place.needs_8bitmime().to_string()
        };
        for (message, named, remedy) in [
            ("Grüße", "line 1", "quoted-printable"),
            ("Subject: x\r\n\r\nHello\rGrüße\n\u{e9}", "line 4", "base64"),
            ("Subject: x\nGrüße", "line 2", "quoted-printable"),
            (
                "To: x\nSubject:\n Grüße\n\n\u{e9}",
                "field `Subject`",
                "encoded words",
            ),
        ] {
            let error = place(message);
            assert!(error.contains(named) && error.contains(remedy), "{error}");
        }
    }

    // Conformance: 53
    #[test]
    fn octets_above_127_in_the_header_need_smtputf8_and_those_in_the_body_do_not() {
        for (message, needs) in [
            ("Subject: Zoë\r\n\r\nHello", true),
            ("From: a@b.example\nSubject: Zoë", true),
            ("From: a@b.example\rSubject:\r Zoë", true),
            ("Subject: Zoe\n\nZoë\n", false),
            ("\nZoë\n", false),
            // A body alone, whatever it begins with.
            ("Zoë, here it is: x\n", false),
            ("Hello Zoë\n\nSubject: Zoë\n", false),
            ("Subject: Zoe\nHello\nTo: Zoë", false),
        ] {
            let whole = survey(message.as_bytes()).unwrap();
            assert_eq!(whole.utf8_header.is_some(), needs, "{message}");
            assert!(whole.eight_bit.is_some(), "{message}");
            let binary = Survey::binary(message.as_bytes());
            assert_eq!(binary.utf8_header, whole.utf8_header, "{message}");
            assert_eq!(binary.eight_bit, None, "{message}");
            assert_eq!(binary.size, message.len() as u64);
        }
    }

    // Conformance: 54, 55
    #[test]
    fn a_header_that_is_not_utf_8_needs_8bitmime_alone() {
        let found = survey(b"Subject: Facture re\xe7ue\r\n\r\nBonjour\r\n").unwrap();
        assert_eq!(found.utf8_header, None);
        let error = found.eight_bit.unwrap().needs_8bitmime().to_string();
        assert!(error.contains("`Subject`"), "{error}");
    }

    #[test]
    fn nothing_of_a_binary_message_is_refused() {
        let message = ["Subject: x\n\n\0", &"x".repeat(MAX_TEXT + 1)].concat();
        let mut surveyor = Surveyor::binary();
        surveyor.read(message.as_bytes()).unwrap();
        assert_eq!(surveyor.found(), Survey::binary(message.as_bytes()));
        assert_eq!(surveyor.found().size, message.len() as u64);
    }

    // Conformance: 20
    #[test]
    fn a_line_may_be_as_long_as_the_limit_and_not_an_octet_longer() {
        let lines = |length| format!("one\ntwo\r{}\r\nfour", "x".repeat(length));
        assert!(survey(lines(MAX_TEXT).as_bytes()).is_ok());
        let error = survey(lines(MAX_TEXT + 1).as_bytes()).unwrap_err();
        assert!(
            error.starts_with("line 3 of the message is longer than 998"),
            "{error}"
        );
        // The doubled dot does not count.
        assert!(survey(".".repeat(MAX_TEXT).as_bytes()).is_ok());
    }

    // Conformance: 21
    #[test]
    fn nul_is_refused_with_its_line() {
        let error = survey(b"one\r\n\r\nthree\0").unwrap_err();
        assert!(
            error.starts_with("line 3 of the message holds NUL"),
            "{error}"
        );
    }
}

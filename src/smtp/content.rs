//! The way of a message through DATA: CRLF at the end of every line (RFC 5321, section 2.3.8), a
//! dot before a dot that begins one (section 4.5.2), a dot alone at the end (section 4.1.1.4).
//!
//! ```text
//! "Subject: dots\n\n.one\r..two"  ->  "Subject: dots\r\n\r\n..one\r\n...two\r\n.\r\n"
//! ```

use memchr::{memchr, memchr2, memmem};

/// Octets of a line without its CRLF (RFC 5321, section 4.5.3.1.6); a doubled dot is not counted.
pub const MAX_TEXT: usize = 998;

const CRLF: &[u8] = b"\r\n";

/// What is to be known of a message before it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Octets as SIZE counts them (RFC 1870, section 6): with the line ends as they are sent,
    /// without doubled dots and the dot at the end.
    pub size: u64,
    /// Whether an octet is above 127, so that the message needs 8BITMIME (RFC 6152).
    pub eight_bit: bool,
    /// Whether one is in the header, so that the message needs SMTPUTF8 (RFC 6532, section 3).
    pub utf8_header: bool,
}

impl Survey {
    /// Of a message that is sent as it is, by BINARYMIME.
    pub fn binary(message: &[u8]) -> Self {
        let header = memmem::find(message, b"\r\n\r\n").map_or(message, |end| &message[..end]);
        Self {
            size: message.len() as u64,
            eight_bit: false,
            utf8_header: !header.is_ascii(),
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
    found: Survey,
    lines: u64,
    /// Of the line that has not ended.
    length: usize,
    /// The first empty line has been read.
    within_body: bool,
}

impl Surveyor {
    /// Refuses what DATA cannot carry as soon as it is seen.
    pub fn read(&mut self, piece: &[u8]) -> Result<(), String> {
        self.found.eight_bit |= !piece.is_ascii();
        for (text, ended) in self.splitter.split(piece) {
            self.length += text.len();
            let number = self.lines + 1;
            self.found.utf8_header |= !self.within_body && !text.is_ascii();
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

    fn end_line(&mut self) {
        self.within_body |= self.length == 0;
        self.found.size += (self.length + CRLF.len()) as u64;
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
            size: self.found.size + unended as u64,
            ..self.found
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
                eight_bit: false,
                utf8_header: false
            }
        );
    }

    #[test]
    fn octets_above_127_need_8bitmime() {
        assert!(survey("Zoë".as_bytes()).unwrap().eight_bit);
        assert!(!survey(b"Zoe \x7f").unwrap().eight_bit);
    }

    // Conformance: 53
    #[test]
    fn octets_above_127_in_the_header_need_smtputf8_and_those_in_the_body_do_not() {
        let needs = |message: &str| survey(message.as_bytes()).unwrap().utf8_header;
        assert!(needs("Subject: Zoë\r\n\r\nHello"));
        assert!(needs("From: a@b.example\nSubject: Zoë"));
        assert!(!needs("Subject: Zoe\n\nZoë\n"));
        assert!(!needs("\nZoë\n"));
        assert!(Survey::binary("Subject: Zoë\r\n\r\n".as_bytes()).utf8_header);
        assert!(!Survey::binary("Subject: Zoe\r\n\r\nZoë".as_bytes()).utf8_header);
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

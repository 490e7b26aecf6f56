//! The scan of a message before it is sent: its size, whether it needs 8BITMIME or SMTPUTF8, and whether DATA
//! can carry it.

use envoi_primitives::{LineFault, LineScanner};

use super::header_scan::HeaderScanner;

pub use super::header_scan::{FieldName, Location};

/// Octets of a line without its CRLF (RFC 5321, section 4.5.3.1.6). A doubled dot does not count.
pub const MAX_LINE: usize = 998;

/// The facts about a message that decide how it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentScan {
    /// Octets as SIZE counts them (RFC 1870, section 6): with the line ends as they are sent, without doubled
    /// dots and the dot at the end.
    pub size: u64,
    /// The first octet above 127, for which the message needs 8BITMIME (RFC 6152). Not looked for in a
    /// message that is sent as it is, by BINARYMIME.
    pub eight_bit: Option<Location>,
    /// The first field that is not ASCII, if the header is UTF-8: the message needs SMTPUTF8 (RFC 6532,
    /// section 3). SMTP cannot declare a header in another character set. It is sent as mail was before
    /// SMTPUTF8.
    pub utf8_header: Option<FieldName>,
}

impl ContentScan {
    /// Scans a message that is sent as it is, by BINARYMIME.
    pub fn binary(message: &[u8]) -> Self {
        let mut header = HeaderScanner::default();
        header.read(message);
        Self {
            size: message.len() as u64,
            eight_bit: None,
            utf8_header: header.first_in_utf8(),
        }
    }
}

/// Refuses NUL and lines of more than [`MAX_LINE`] octets, which DATA cannot carry, and names the line.
pub fn scan(message: &[u8]) -> Result<ContentScan, String> {
    let mut scanner = ContentScanner::text();
    scanner.read(message)?;
    Ok(scanner.result())
}

/// Scans a message piece by piece. The cuts make no difference to the result.
pub struct ContentScanner {
    header: HeaderScanner,
    octets: Octets,
}

/// The part of the scan that depends on how the message is sent.
enum Octets {
    Text(LineScanner),
    /// BINARYMIME: only their number counts.
    Binary(u64),
}

impl ContentScanner {
    /// For DATA, and for BDAT without BINARYMIME.
    pub fn text() -> Self {
        Self {
            header: HeaderScanner::default(),
            octets: Octets::Text(LineScanner::new(MAX_LINE)),
        }
    }

    /// For a message that is sent as it is, by BINARYMIME: only its header is looked at.
    pub fn binary() -> Self {
        Self {
            header: HeaderScanner::default(),
            octets: Octets::Binary(0),
        }
    }

    /// Refuses NUL and lines that are too long as soon as they are seen.
    pub fn read(&mut self, piece: &[u8]) -> Result<(), String> {
        self.header.read(piece);
        match &mut self.octets {
            Octets::Text(lines) => lines.read(piece).map_err(refusal)?,
            Octets::Binary(size) => *size += piece.len() as u64,
        }
        Ok(())
    }

    /// The result, as if the message ended here.
    pub fn result(&self) -> ContentScan {
        let utf8_header = self.header.first_in_utf8();
        match &self.octets {
            Octets::Text(lines) => ContentScan {
                size: lines.size(),
                eight_bit: lines.first_not_ascii().map(|line| self.location(line)),
                utf8_header,
            },
            Octets::Binary(size) => ContentScan {
                size: *size,
                eight_bit: None,
                utf8_header,
            },
        }
    }

    /// The field of the header that this line belongs to, if its value is not ASCII; otherwise the line
    /// itself.
    fn location(&self, line: u64) -> Location {
        match self.header.first_not_ascii() {
            Some(field) if field.line == line => Location::Field(field.name),
            _ => Location::Line(line),
        }
    }
}

fn refusal(fault: LineFault) -> String {
    match fault {
        LineFault::Nul(line) => {
            format!("line {line} of the message holds NUL: encode the part that it is in as base64")
        }
        LineFault::TooLong(line) => format!(
            "line {line} of the message is longer than {MAX_LINE} octets: encode the part that it is \
             in as quoted-printable or base64"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(message: &str) -> u64 {
        scan(message.as_bytes()).unwrap().size
    }

    #[test]
    fn the_size_is_with_line_ends_repaired_and_without_doubled_dots() {
        assert_eq!(size("From: a@example.org\r\n\r\nHello.\r\n"), 31);
        assert_eq!(size(".\r\n"), 3);
        assert_eq!(size("a\rb\nc\r\nd\n\re\r\r\n\n"), 21);
        assert_eq!(size("a"), 3);
        assert_eq!(size("a\r"), 3);
    }

    #[test]
    fn an_empty_message_needs_nothing() {
        let nothing = ContentScan {
            size: 0,
            eight_bit: None,
            utf8_header: None,
        };
        assert_eq!(scan(b""), Ok(nothing));
    }

    #[test]
    fn octets_above_127_need_8bitmime() {
        assert!(scan("Zoë".as_bytes()).unwrap().eight_bit.is_some());
        assert!(scan(b"Zoe \x7f").unwrap().eight_bit.is_none());
    }

    // Conformance: 55
    #[test]
    fn the_place_that_needs_8bitmime_is_a_field_or_a_line() {
        let place = |message: &str| {
            let place = scan(message.as_bytes()).unwrap().eight_bit.unwrap();
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
            // The field needs it too, but comes later.
            ("From jörg x\nSubject: Grüße", "line 1", "base64"),
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
            // A body without a header.
            ("Zoë, here it is: x\n", false),
            ("Hello Zoë\n\nSubject: Zoë\n", false),
            ("Subject: Zoe\nHello\nTo: Zoë", false),
        ] {
            let whole = scan(message.as_bytes()).unwrap();
            assert_eq!(whole.utf8_header.is_some(), needs, "{message}");
            assert!(whole.eight_bit.is_some(), "{message}");
            let binary = ContentScan::binary(message.as_bytes());
            assert_eq!(binary.utf8_header, whole.utf8_header, "{message}");
            assert_eq!(binary.eight_bit, None, "{message}");
            assert_eq!(binary.size, message.len() as u64);
        }
    }

    // Conformance: 54, 55
    #[test]
    fn a_header_that_is_not_utf_8_needs_8bitmime_alone() {
        let found = scan(b"Subject: Facture re\xe7ue\r\n\r\nBonjour\r\n").unwrap();
        assert_eq!(found.utf8_header, None);
        let error = found.eight_bit.unwrap().needs_8bitmime().to_string();
        assert!(error.contains("`Subject`"), "{error}");
    }

    #[test]
    fn nothing_of_a_binary_message_is_refused() {
        let message = ["Subject: x\n\n\0", &"x".repeat(MAX_LINE + 1)].concat();
        let mut scanner = ContentScanner::binary();
        scanner.read(message.as_bytes()).unwrap();
        assert_eq!(scanner.result(), ContentScan::binary(message.as_bytes()));
        assert_eq!(scanner.result().size, message.len() as u64);
    }

    // Conformance: 20
    #[test]
    fn a_line_may_be_as_long_as_the_limit_and_not_an_octet_longer() {
        let lines = |length| format!("one\ntwo\r{}\r\nfour", "x".repeat(length));
        assert!(scan(lines(MAX_LINE).as_bytes()).is_ok());
        let error = scan(lines(MAX_LINE + 1).as_bytes()).unwrap_err();
        assert!(
            error.starts_with("line 3 of the message is longer than 998"),
            "{error}"
        );
        // The doubled dot does not count.
        assert!(scan(".".repeat(MAX_LINE).as_bytes()).is_ok());
    }

    // Conformance: 21
    #[test]
    fn nul_is_refused_with_its_line() {
        let error = scan(b"one\r\n\r\nthree\0").unwrap_err();
        assert!(
            error.starts_with("line 3 of the message holds NUL"),
            "{error}"
        );
    }
}

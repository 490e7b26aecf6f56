//! Dot-stuffing (transparency: RFC 5321, section 4.5.2): a message as DATA carries it.
//!
//! Each line ends with CRLF (section 2.3.8), a dot that begins a line is doubled, a line with a dot alone
//! ends the message (section 4.1.1.4):
//!
//! ```text
//! "Subject: dots\n\n.one\r..two"  ->  "Subject: dots\r\n\r\n..one\r\n...two\r\n.\r\n"
//! ```
//!
//! The search through the octets is in `envoi-primitives`, which is compiled for speed.

use envoi_primitives::encode_lines;

/// Encodes a message for DATA or BDAT, piece by piece. The cuts make no difference to the result.
pub struct Encoder {
    stuffs_dots: bool,
    /// The last octet was a CR. The whole CRLF is written, so that an LF that follows is passed over.
    after_cr: bool,
    within_line: bool,
}

impl Encoder {
    /// For DATA.
    pub fn data() -> Self {
        Self {
            stuffs_dots: true,
            after_cr: false,
            within_line: false,
        }
    }

    /// For BDAT, which counts octets: line ends are repaired, but dots stay as they are, and no dot ends the
    /// message (RFC 3030, section 2).
    pub fn bdat() -> Self {
        Self {
            stuffs_dots: false,
            ..Self::data()
        }
    }

    /// Appends all of `piece` to `out`, encoded.
    pub fn encode(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let Some(last) = piece.last() else {
            return;
        };
        let octets = match piece {
            [b'\n', rest @ ..] if self.after_cr => rest,
            _ => piece,
        };
        // Lines of base64 grow by a 77th if they lack CR. A vector that grows step by step is copied each
        // time.
        out.reserve(octets.len() + octets.len() / 64 + 64);
        encode_lines(octets, self.within_line, self.stuffs_dots, out);
        self.after_cr = *last == b'\r';
        self.within_line = !self.after_cr && *last != b'\n';
        if self.after_cr {
            out.push(b'\n');
        }
    }

    /// Ends the last line if the message did not, and the message.
    pub fn finish(self, out: &mut Vec<u8>) {
        if self.within_line {
            out.extend_from_slice(b"\r\n");
        }
        if self.stuffs_dots {
            out.extend_from_slice(b".\r\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
        let (mut encoder, mut out) = (Encoder::data(), Vec::new());
        for piece in pieces {
            encoder.encode(piece.as_bytes(), &mut out);
        }
        encoder.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_message_in_order_is_sent_as_it_is() {
        let message = "From: a@example.org\r\n\r\nHello.\r\n";
        assert_eq!(encoded([message]), format!("{message}.\r\n"));
    }

    // Conformance: 18
    #[test]
    fn a_dot_at_the_start_of_a_line_is_doubled() {
        assert_eq!(
            encoded([".\r\n..\r\na.b\r\n.c"]),
            "..\r\n...\r\na.b\r\n..c\r\n.\r\n"
        );
        assert_eq!(encoded(["a\n.\rb\r."]), "a\r\n..\r\nb\r\n..\r\n.\r\n");
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

    #[test]
    fn a_piece_that_ends_with_cr_leaves_with_its_lf() {
        let (mut encoder, mut out) = (Encoder::bdat(), Vec::new());
        encoder.encode(b"a\r", &mut out);
        assert_eq!(out, b"a\r\n");
        encoder.encode(b"\n", &mut out);
        assert_eq!(out, b"a\r\n");
    }

    // Conformance: 19
    #[test]
    fn a_missing_last_line_end_is_added() {
        assert_eq!(encoded(["a"]), "a\r\n.\r\n");
        assert_eq!(encoded(["a\r"]), "a\r\n.\r\n");
    }

    // Conformance: 19
    #[test]
    fn an_empty_message_is_the_dot_alone() {
        // The CRLF before the dot is then the end of the DATA line (RFC 5321, section 4.1.1.4).
        assert_eq!(encoded([]), ".\r\n");
        assert_eq!(encoded(["", ""]), ".\r\n");
    }
}

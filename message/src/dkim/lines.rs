//! The check that each CR and LF of a message that comes in pieces is part of a CRLF.

use memchr::memchr2_iter;

/// The lines so far.
pub(super) struct LineEnds {
    /// The number of the line that the next octet belongs to, counted from 1.
    line: u64,
    /// The last octet was a CR.
    after_cr: bool,
}

/// The line with a CR or LF alone.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BareLineEnd(pub u64);

impl LineEnds {
    pub(super) fn new() -> Self {
        Self {
            line: 1,
            after_cr: false,
        }
    }

    pub(super) fn read(&mut self, piece: &[u8]) -> Result<(), BareLineEnd> {
        let mut expected = 0;
        for at in memchr2_iter(b'\r', b'\n', piece) {
            let is_lf = piece.get(at) == Some(&b'\n');
            if is_lf != self.after_cr || (is_lf && at != expected) {
                return Err(BareLineEnd(self.line));
            }
            self.line += u64::from(is_lf);
            self.after_cr = !is_lf;
            expected = at + 1;
        }
        if self.after_cr && expected < piece.len() {
            return Err(BareLineEnd(self.line));
        }
        Ok(())
    }

    /// Checks the end of the message.
    pub(super) fn finish(&self) -> Result<(), BareLineEnd> {
        if self.after_cr {
            return Err(BareLineEnd(self.line));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&str]) -> Result<(), BareLineEnd> {
        let mut lines = LineEnds::new();
        for piece in pieces {
            lines.read(piece.as_bytes())?;
        }
        lines.finish()
    }

    #[test]
    fn crlf_may_be_cut_anywhere() {
        for text in ["", "\r\n", "a\r\n\r\nb\r\n", "a"] {
            for at in 0..=text.len() {
                let (first, second) = text.split_at(at);
                assert_eq!(read(&[first, "", second]), Ok(()), "{text:?} at {at}");
            }
        }
    }

    #[test]
    fn a_cr_or_lf_alone_is_found_with_its_line() {
        for (text, line) in [
            ("\n", 1),
            ("\r", 1),
            ("a\r\nb\nc", 2),
            ("a\r\nb\rc\n", 2),
            ("a\r\r\n", 1),
            ("a\r\n\r\n\n", 3),
            ("a\r\n\r", 2),
            ("a\n\r", 1),
        ] {
            for at in 0..=text.len() {
                let (first, second) = text.split_at(at);
                let found = read(&[first, second]);
                assert_eq!(found, Err(BareLineEnd(line)), "{text:?} at {at}");
            }
        }
    }
}

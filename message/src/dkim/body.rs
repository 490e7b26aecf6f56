//! The hash of a body in relaxed form (RFC 6376, section 3.4.4).
//!
//! White space at the end of a line and empty lines at the end of the body are left out, and white space
//! within a line is one blank:
//!
//! ```text
//! "a \t b \r\n\r\n\r\n"  ->  "a b\r\n"
//! " \r\n"                ->  ""
//! ```

use envoi_primitives::Sha256;
use memchr::memchr3;
use sha2::Digest;

/// Octets that are gathered before they are hashed: short pieces cost more time each.
const BUFFER: usize = 4096;

/// Hashes a body that comes in pieces, in which each CR and LF is part of a CRLF. The cuts make no difference
/// to the result.
pub(super) struct BodyHasher {
    hash: Sha256,
    /// The end of the relaxed form, not hashed yet.
    buffer: Vec<u8>,
    /// Lines that have ended since the last text.
    line_ends: u64,
    /// White space has been read since the last text of this line.
    blank: bool,
    /// Some line has text.
    has_text: bool,
}

impl BodyHasher {
    pub(super) fn new() -> Self {
        Self {
            hash: Sha256::default(),
            buffer: Vec::with_capacity(BUFFER),
            line_ends: 0,
            blank: false,
            has_text: false,
        }
    }

    pub(super) fn read(&mut self, mut piece: &[u8]) {
        while let Some(at) = memchr3(b'\r', b' ', b'\t', piece) {
            let (text, rest) = piece.split_at(at);
            self.read_text(text);
            if rest.first() == Some(&b'\r') {
                self.line_ends += 1;
                self.blank = false;
            } else {
                self.blank = true;
            }
            piece = rest.get(1..).unwrap_or_default();
        }
        self.read_text(piece);
    }

    pub(super) fn finish(mut self) -> [u8; 32] {
        if self.has_text {
            self.buffer.extend_from_slice(b"\r\n");
        }
        self.hash.update(&self.buffer);
        self.hash.finalize().into()
    }

    /// Text without white space; the LF of a CRLF may be before it.
    fn read_text(&mut self, text: &[u8]) {
        let text = text.strip_prefix(b"\n").unwrap_or(text);
        if text.is_empty() {
            return;
        }
        for _ in 0..self.line_ends {
            self.write(b"\r\n");
        }
        if self.blank {
            self.write(b" ");
        }
        self.write(text);
        self.line_ends = 0;
        self.blank = false;
        self.has_text = true;
    }

    fn write(&mut self, octets: &[u8]) {
        if self.buffer.len() + octets.len() > BUFFER {
            self.hash.update(&self.buffer);
            self.buffer.clear();
        }
        if octets.len() > BUFFER {
            self.hash.update(octets);
        } else {
            self.buffer.extend_from_slice(octets);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hash(pieces: &[&[u8]]) -> [u8; 32] {
        let mut body = BodyHasher::new();
        for piece in pieces {
            body.read(piece);
        }
        body.finish()
    }

    /// The rules of section 3.4.4, one after the other.
    fn relaxed(body: &[u8]) -> Vec<u8> {
        let text: String = body.iter().copied().map(char::from).collect();
        let mut lines: Vec<String> = text.split("\r\n").map(relaxed_line).collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        let octets = lines
            .iter()
            .flat_map(|line| line.chars().chain("\r\n".chars()));
        octets.map(|octet| octet as u8).collect()
    }

    fn relaxed_line(line: &str) -> String {
        let words: Vec<&str> = line
            .split([' ', '\t'])
            .filter(|word| !word.is_empty())
            .collect();
        let begins_blank = line.starts_with([' ', '\t']) && !words.is_empty();
        let before = if begins_blank { " " } else { "" };
        before.to_owned() + &words.join(" ")
    }

    fn bodies() -> impl Strategy<Value = Vec<u8>> {
        let parts = prop::sample::select(vec!["\r\n", " ", "\t", "a", "b.", "\u{e9}", "\0"]);
        prop::collection::vec(parts, 0..40).prop_map(|parts| parts.concat().into_bytes())
    }

    #[test]
    fn the_forms_of_rfc_6376_section_3_4_5() {
        let example = hash(&[b" C \r\nD \t E\r\n\r\n\r\n"]);
        assert_eq!(example, <[u8; 32]>::from(Sha256::digest(b" C\r\nD E\r\n")));
        // Section 3.4.4: an empty body has the hash of nothing.
        for empty in [&b""[..], b"\r\n", b" \t\r\n\r\n"] {
            assert_eq!(hash(&[empty]), <[u8; 32]>::from(Sha256::digest(b"")));
        }
    }

    #[test]
    fn a_last_line_without_crlf_is_hashed_as_with_it() {
        assert_eq!(hash(&[b"a"]), hash(&[b"a\r\n"]));
        assert_eq!(hash(&[b"a \t"]), hash(&[b"a\r\n"]));
    }

    #[test]
    fn text_longer_than_the_buffer_is_hashed_whole() {
        let long = vec![b'x'; 3 * BUFFER + 1];
        let body = [b"a ".as_slice(), &long, b"\r\n"].concat();
        assert_eq!(hash(&[&body]), <[u8; 32]>::from(Sha256::digest(&body)));
        let lines = b"one two\r\n".repeat(BUFFER);
        assert_eq!(hash(&[&lines]), <[u8; 32]>::from(Sha256::digest(&lines)));
    }

    proptest! {
        #[test]
        fn any_body_has_the_hash_of_its_relaxed_form(body in bodies(), cut in 0..80usize) {
            let expected = <[u8; 32]>::from(Sha256::digest(relaxed(&body)));
            let (first, second) = body.split_at(cut.min(body.len()));
            prop_assert_eq!(hash(&[first, second]), expected);
            let octets: Vec<&[u8]> = body.chunks(1).collect();
            prop_assert_eq!(hash(&octets), expected);
        }
    }
}

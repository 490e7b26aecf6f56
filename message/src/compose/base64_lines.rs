//! Base64 in lines (RFC 2045, section 6.8), of octets that come in pieces.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Octets that one line holds, and the characters that they become.
const LINE_OCTETS: usize = 57;
const LINE_CHARACTERS: usize = 76;

/// Encodes a stream in constant memory: the body of a part whose content is
/// [`Streamed`](super::Content::Streamed).
///
/// ```
/// use envoi_message::compose::Base64Lines;
///
/// let (mut lines, mut body) = (Base64Lines::default(), Vec::new());
/// lines.push(b"Hello, ", &mut body);
/// lines.push(b"world", &mut body);
/// lines.finish(&mut body);
/// assert_eq!(body, b"SGVsbG8sIHdvcmxk\r\n");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Base64Lines {
    /// The beginning of a line, of fewer than 57 octets.
    line: Vec<u8>,
}

impl Base64Lines {
    /// Appends to `body` the lines that `octets` complete.
    pub fn push(&mut self, octets: &[u8], body: &mut Vec<u8>) {
        let mut rest = octets;
        if !self.line.is_empty() {
            let missing = LINE_OCTETS.saturating_sub(self.line.len()).min(rest.len());
            let (first, after) = rest.split_at(missing);
            self.line.extend_from_slice(first);
            rest = after;
            if self.line.len() < LINE_OCTETS {
                return;
            }
            push_lines(&self.line, body);
            self.line.clear();
        }
        let (lines, rest) = rest.split_at(rest.len() - rest.len() % LINE_OCTETS);
        push_lines(lines, body);
        self.line.extend_from_slice(rest);
    }

    /// Appends the last line, which may be shorter.
    pub fn finish(self, body: &mut Vec<u8>) {
        push_lines(&self.line, body);
    }

    /// Octets that a body has whose content has `octets`; `None` if that is more than a number can say.
    pub fn encoded_length(octets: u64) -> Option<u64> {
        let characters = octets.div_ceil(3).checked_mul(4)?;
        let lines = octets.div_ceil(LINE_OCTETS as u64);
        characters.checked_add(lines.checked_mul(2)?)
    }
}

/// Appends whole lines, and a shorter last one.
fn push_lines(octets: &[u8], body: &mut Vec<u8>) {
    body.reserve(octets.len().div_ceil(LINE_OCTETS) * (LINE_CHARACTERS + 2));
    for line in octets.chunks(LINE_OCTETS) {
        let mut characters = [0; LINE_CHARACTERS];
        // A line's characters always fit.
        let length = STANDARD
            .encode_slice(line, &mut characters)
            .unwrap_or_default();
        body.extend_from_slice(characters.get(..length).unwrap_or_default());
        body.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_any_size_give_the_same_lines() {
        let octets: Vec<u8> = (0..=255).cycle().take(1000).collect();
        let mut whole = Vec::new();
        push_lines(&octets, &mut whole);
        assert!(whole.ends_with(b"\r\n"));
        for size in [1, 3, 56, 57, 58, 114, 999, 1000] {
            let (mut lines, mut body) = (Base64Lines::default(), Vec::new());
            for piece in octets.chunks(size) {
                lines.push(piece, &mut body);
                lines.push(&[], &mut body);
            }
            lines.finish(&mut body);
            assert_eq!(body, whole, "{size}");
        }
    }

    #[test]
    fn lines_have_76_characters_and_decode_to_what_was_pushed() {
        for length in [0, 1, 2, 3, 56, 57, 58, 113, 114, 115] {
            let octets = vec![0xA5; length];
            let mut body = Vec::new();
            push_lines(&octets, &mut body);
            assert_eq!(
                Base64Lines::encoded_length(length as u64),
                Some(body.len() as u64)
            );
            let text = String::from_utf8(body).unwrap();
            let lines: Vec<_> = text.lines().collect();
            if let Some((_, whole)) = lines.split_last() {
                assert!(whole.iter().all(|line| line.len() == 76));
            }
            assert_eq!(STANDARD.decode(text.replace("\r\n", "")).unwrap(), octets);
        }
        assert_eq!(Base64Lines::encoded_length(u64::MAX), None);
    }
}

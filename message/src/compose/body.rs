//! Bodies of parts, and the transfer encoding of each (RFC 2045, section 6).

use std::borrow::Cow;

use memchr::{memchr2, memchr2_iter};

use super::content_type::ContentType;
use super::draft::Source;
use super::field::MAX_LINE;
use super::quoted_printable;

/// Octets of a line (RFC 5322, section 2.1.1).
const MAX_LINE_AT_ALL: usize = 998;

/// What follows a part's header.
pub(super) enum Body<'a> {
    /// Lines as they are.
    SevenBit(Cow<'a, str>),
    QuotedPrintable(String),
    /// Octets that are written in base64.
    Base64(Cow<'a, [u8]>),
    /// The number of a stream, whose octets are written in base64.
    Streamed(usize),
}

impl<'a> Body<'a> {
    /// Plain or HTML text, as it is if that can be; otherwise in quoted-printable, which people and filters
    /// can read, unless it would encode more than half of the octets. NUL is replaced: GMime ends the text there.
    pub(super) fn of_text(text: &'a str) -> Self {
        let mut lines = crlf_lines(text.strip_prefix('\u{feff}').unwrap_or(text));
        if !lines.ends_with("\r\n") {
            lines.to_mut().push_str("\r\n");
        }
        if lines.contains('\0') {
            lines = Cow::Owned(lines.replace('\0', "\u{fffd}"));
        }
        if is_short_lines(&lines) {
            return Self::SevenBit(lines);
        }
        let encoded = quoted_printable::encode(&lines);
        if encoded.len() <= lines.len() * 2 {
            Self::QuotedPrintable(encoded)
        } else {
            Self::Base64(match lines {
                Cow::Borrowed(lines) => Cow::Borrowed(lines.as_bytes()),
                Cow::Owned(lines) => Cow::Owned(lines.into_bytes()),
            })
        }
    }

    /// An attachment: base64 keeps each octet. In 7bit, readers change the last line end.
    pub(super) fn of_content(content: &'a Source) -> Self {
        match content {
            Source::Octets(octets) => Self::Base64(Cow::Borrowed(octets)),
            Source::Stream(number) => Self::Streamed(*number),
        }
    }

    /// A message within the message, which may not be encoded (RFC 2046, section 5.2.1). None if it would
    /// have to be.
    pub(super) fn of_message(content_type: &ContentType, content: &'a Source) -> Option<Self> {
        let Source::Octets(octets) = content else {
            return None;
        };
        let text = core::str::from_utf8(octets).ok()?;
        let lines = crlf_lines(text);
        let is_sendable = |line: &str| {
            line.len() <= MAX_LINE_AT_ALL
                && line.bytes().all(|octet| octet != 0 && octet.is_ascii())
        };
        let fits = content_type.essence() == "message/rfc822"
            // Only LF may become CRLF: a bare CR is part of a line.
            && text.matches('\r').count() == text.matches("\r\n").count()
            && lines.split("\r\n").all(is_sendable);
        fits.then_some(Self::SevenBit(lines))
    }

    /// The value of Content-Transfer-Encoding.
    pub(super) fn transfer_encoding(&self) -> &'static str {
        match self {
            Self::SevenBit(_) => "7bit",
            Self::QuotedPrintable(_) => "quoted-printable",
            Self::Base64(_) | Self::Streamed(_) => "base64",
        }
    }

    /// The body as it is sent, unless it is in base64, which no boundary can be found in: that begins with
    /// two hyphens.
    pub(super) fn readable(&self) -> &str {
        match self {
            Self::SevenBit(lines) => lines,
            Self::QuotedPrintable(lines) => lines,
            Self::Base64(_) | Self::Streamed(_) => "",
        }
    }
}

/// `text` with CRLF for every line end: CR, LF or CRLF.
fn crlf_lines(text: &str) -> Cow<'_, str> {
    if has_crlf_only(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let mut lines = String::with_capacity(text.len() + text.len() / 16);
    let mut rest = text;
    while let Some(end) = memchr2(b'\r', b'\n', rest.as_bytes()) {
        let (line, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        lines.push_str(line);
        lines.push_str("\r\n");
        let one = after.get(1..).unwrap_or_default();
        rest = after.strip_prefix("\r\n").unwrap_or(one);
    }
    lines.push_str(rest);
    Cow::Owned(lines)
}

fn has_crlf_only(text: &[u8]) -> bool {
    let mut line_ends = memchr2_iter(b'\r', b'\n', text);
    while let Some(end) = line_ends.next() {
        if !text
            .get(end..)
            .is_some_and(|rest| rest.starts_with(b"\r\n"))
        {
            return false;
        }
        // The LF of this CRLF.
        line_ends.next();
    }
    true
}

/// Whether every server and every reader leaves the lines as they are.
fn is_short_lines(lines: &str) -> bool {
    lines.split("\r\n").all(|line| {
        line.len() <= MAX_LINE
            && line
                .bytes()
                .all(|octet| matches!(octet, b'\t' | b' '..=b'~'))
            && !line.ends_with([' ', '\t'])
            && !line.starts_with("From ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_end_becomes_crlf() {
        for (text, lines) in [
            ("", ""),
            ("a", "a"),
            ("a\nb\n", "a\r\nb\r\n"),
            ("a\rb\r", "a\r\nb\r\n"),
            ("a\r\r\n\nb", "a\r\n\r\n\r\nb"),
            ("a\r\nb\r\n", "a\r\nb\r\n"),
            ("é\n\r", "é\r\n\r\n"),
        ] {
            assert_eq!(crlf_lines(text), lines, "{text:?}");
        }
    }
}

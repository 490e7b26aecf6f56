//! The reply parser: reads replies from the octets that arrive, in pieces of any size.
//!
//! ```text
//! 250-mail.example.org greets you      a line: the code, "-" for more to come, text
//! 250 SIZE 1000000                     the last line: the code, alone or with a space, text
//! ```
//!
//! A line ends in CRLF, or in LF alone, as every other client accepts: nothing that we send depends on it.
//! A CR alone ends no line.

use super::{EnhancedCode, MAX_REPLY, MAX_REPLY_LINE, MAX_REPLY_LINES, Reply};
use crate::smtp::excerpt::excerpt;
use core::{error, fmt, mem};
use memchr::memchr;

const CRLF: &[u8] = b"\r\n";

/// Why the server's octets are not a reply. A text is the beginning of the line in question, printable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplyError {
    /// The line does not begin with a code from 200 to 599.
    NotAReply(String),
    /// The code of the first line, and a later line with another code.
    CodeChanged(u16, String),
    /// The line is longer than [`MAX_REPLY_LINE`].
    LineTooLong(String),
    /// The reply has more lines than [`MAX_REPLY_LINES`].
    TooManyLines,
    /// The reply is longer than [`MAX_REPLY`].
    TooLong,
}

/// Takes octets in, gives replies out. After an error the start of the next reply is unknown, so that every
/// later call gives the same error.
#[derive(Default)]
pub struct ReplyParser {
    input: Vec<u8>,
    /// How much of `input` is parsed. The next `push` removes it.
    parsed: usize,
    /// How much of `input` holds no further line end, so that no octet is searched twice.
    scanned: usize,
    partial: Partial,
    has_bare_line_feed: bool,
}

/// The lines so far of an incomplete reply.
#[derive(Default)]
struct Partial {
    code: Option<u16>,
    enhanced: Option<EnhancedCode>,
    lines: Vec<String>,
    size: usize,
}

impl ReplyParser {
    /// Adds octets that arrived. Call [`Self::next_reply`] until it returns `None` before you add more: it
    /// enforces the limits.
    pub fn push(&mut self, octets: &[u8]) {
        self.input.drain(..self.parsed);
        self.scanned -= mem::take(&mut self.parsed);
        self.input.extend_from_slice(octets);
    }

    /// The next reply, or `None` until all of it has arrived.
    ///
    /// # Errors
    ///
    /// The octets are not a reply, or exceed a limit.
    pub fn next_reply(&mut self) -> Result<Option<Reply>, ReplyError> {
        while let Some(end) = self.line_end()? {
            let line = &self.input[self.parsed..end];
            let reply = self.partial.add(without_end(line))?;
            self.has_bare_line_feed |= !line.ends_with(CRLF);
            self.parsed = end;
            self.scanned = end;
            if reply.is_some() {
                return Ok(reply);
            }
        }
        Ok(None)
    }

    /// Whether a line has ended in LF alone.
    pub fn has_bare_line_feed(&self) -> bool {
        self.has_bare_line_feed
    }

    /// Whether any octet follows the last reply that was returned.
    pub fn has_leftover(&self) -> bool {
        self.leftover_len() > 0
    }

    /// The number of octets after the last reply that was returned, each line end counted as two.
    pub fn leftover_len(&self) -> usize {
        self.partial.size + self.input.len() - self.parsed
    }

    /// The end of the line that begins at `parsed`. A line that is too long is refused before its end
    /// arrives, so that it need not be kept.
    fn line_end(&mut self) -> Result<Option<usize>, ReplyError> {
        let found = memchr(b'\n', &self.input[self.scanned..]);
        let end = found.map(|at| self.scanned + at + 1);
        // The line end counts as CRLF, whether it is LF alone or has not arrived yet.
        let line = &self.input[self.parsed..end.unwrap_or(self.input.len())];
        let length = without_end(line).len() + CRLF.len();
        let room = MAX_REPLY - self.partial.size;
        if length > room.min(MAX_REPLY_LINE) {
            return Err(if room < MAX_REPLY_LINE {
                ReplyError::TooLong
            } else {
                ReplyError::LineTooLong(excerpt(&self.input[self.parsed..]))
            });
        }
        // A malformed line stays, and the next call finds it again: an error is permanent.
        self.scanned = end.map_or(self.input.len(), |end| end - 1);
        Ok(end)
    }
}

impl Partial {
    /// Adds a well-formed line, given without its end. The last line completes the reply.
    fn add(&mut self, line: &[u8]) -> Result<Option<Reply>, ReplyError> {
        let (code, is_last, text) =
            split(line).ok_or_else(|| ReplyError::NotAReply(excerpt(line)))?;
        if let Some(first) = self.code.filter(|first| *first != code) {
            return Err(ReplyError::CodeChanged(first, excerpt(line)));
        }
        if self.lines.len() == MAX_REPLY_LINES {
            return Err(ReplyError::TooManyLines);
        }
        let text = String::from_utf8_lossy(text).into_owned();
        self.code = Some(code);
        // Each line may have one, and they have to agree (RFC 2034, section 4).
        self.enhanced = self.enhanced.or_else(|| EnhancedCode::parse(code, &text));
        self.lines.push(text);
        self.size += line.len() + CRLF.len();
        Ok(is_last.then(|| {
            let Self {
                enhanced, lines, ..
            } = mem::take(self);
            Reply {
                code,
                enhanced,
                lines,
            }
        }))
    }
}

/// A line without its CRLF, its LF, or its CR if the LF has not arrived yet.
fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The code, whether this is the last line of its reply, and the text. A line without text may lack the space
/// (RFC 5321, section 4.2).
fn split(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (code, rest) = line.split_at_checked(3)?;
    let [b'2'..=b'5', b'0'..=b'9', b'0'..=b'9'] = code else {
        return None;
    };
    let code = code
        .iter()
        .fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    match rest.split_first() {
        None => Some((code, true, rest)),
        Some((b' ', text)) => Some((code, true, text)),
        Some((b'-', text)) => Some((code, false, text)),
        Some(_) => None,
    }
}

impl error::Error for ReplyError {}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAReply(line) => {
                write!(
                    f,
                    "the server's line `{line}` does not begin with a code from 200 to 599"
                )
            }
            Self::CodeChanged(first, line) => {
                write!(
                    f,
                    "the server's reply began with {first} and went on with `{line}`"
                )
            }
            Self::LineTooLong(line) => {
                write!(
                    f,
                    "the server's line `{line}` is longer than {MAX_REPLY_LINE} octets"
                )
            }
            Self::TooManyLines => write!(
                f,
                "the server's reply has more than {MAX_REPLY_LINES} lines"
            ),
            Self::TooLong => write!(f, "the server's reply is longer than {MAX_REPLY} octets"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(octets: &[u8]) -> Result<Vec<Reply>, ReplyError> {
        let mut parser = ReplyParser::default();
        parser.push(octets);
        let mut replies = Vec::new();
        while let Some(reply) = parser.next_reply()? {
            replies.push(reply);
        }
        Ok(replies)
    }

    fn read_one(octets: &[u8]) -> Reply {
        let [reply] = read(octets).unwrap().try_into().unwrap();
        reply
    }

    // Conformance: 9
    #[test]
    fn a_reply_of_several_lines_ends_with_a_space_after_the_code() {
        // RFC 5321, section 4.2.1.
        let reply = read_one(
            b"250-First line\r\n250-Second line\r\n250-234 Text beginning with numbers\r\n250 The last line\r\n",
        );
        assert_eq!(reply.code, 250);
        assert_eq!(
            reply.lines,
            [
                "First line",
                "Second line",
                "234 Text beginning with numbers",
                "The last line"
            ]
        );
    }

    // Conformance: 8
    #[test]
    fn a_code_alone_is_a_reply_with_or_without_the_space() {
        for octets in [&b"250\r\n"[..], b"250 \r\n", b"250-\r\n250\r\n"] {
            let reply = read_one(octets);
            assert_eq!(reply.code, 250);
            assert!(reply.lines.iter().all(String::is_empty));
        }
    }

    // Conformance: 59
    #[test]
    fn the_enhanced_code_comes_from_the_first_line_that_has_one_and_stays_in_the_text() {
        // The example of RFC 2034, section 5, after a line without a code.
        let reply = read_one(b"250-hello\r\n250-2.1.0 Originator ok\r\n250 2.9.9 x\r\n");
        assert_eq!(
            reply.enhanced,
            Some(EnhancedCode {
                class: 2,
                subject: 1,
                detail: 0
            })
        );
        assert_eq!(reply.lines[1], "2.1.0 Originator ok");
    }

    #[test]
    fn octets_after_a_reply_are_left_over() {
        let mut parser = ReplyParser::default();
        parser.push(b"220 go ahead\r\n250-injected\r\n25");
        assert_eq!(parser.next_reply().unwrap().unwrap().code, 220);
        assert_eq!(parser.leftover_len(), b"250-injected\r\n25".len());
        assert_eq!(parser.next_reply(), Ok(None));
        assert_eq!(parser.leftover_len(), b"250-injected\r\n25".len());
        parser.push(b"0 done\r\n");
        assert_eq!(
            parser.next_reply().unwrap().unwrap().lines,
            ["injected", "done"]
        );
        assert!(!parser.has_leftover());
    }

    // Conformance: 54
    #[test]
    fn octets_that_are_not_utf_8_are_replaced() {
        assert_eq!(read_one(b"250 caf\xe9\r\n").lines, ["caf\u{fffd}"]);
    }

    #[test]
    fn a_line_feed_alone_ends_a_line_and_is_noticed() {
        let reads = |octets: &[u8]| {
            let mut parser = ReplyParser::default();
            parser.push(octets);
            let mut lines = Vec::new();
            while let Some(reply) = parser.next_reply().unwrap() {
                lines.extend(reply.lines);
            }
            (lines, parser.has_bare_line_feed())
        };
        let two = vec!["one".to_string(), "two".to_string()];
        assert_eq!(reads(b"250-one\n250 two\n"), (two.clone(), true));
        assert_eq!(reads(b"250-one\r\n250 two\n"), (two.clone(), true));
        assert_eq!(reads(b"250-one\n250 two\r\n"), (two.clone(), true));
        assert_eq!(reads(b"250-one\r\n250 two\r\n"), (two, false));
        assert_eq!(reads(b"250\n"), (vec![String::new()], true));
        assert_eq!(read(b"\n"), Err(ReplyError::NotAReply("".into())));
    }

    #[test]
    fn a_crlf_cut_between_two_reads_is_one_line_end() {
        let mut parser = ReplyParser::default();
        parser.push(b"250-one\r");
        assert_eq!(parser.next_reply(), Ok(None));
        parser.push(b"\n250 two\r");
        assert_eq!(parser.next_reply(), Ok(None));
        parser.push(b"\n");
        assert_eq!(parser.next_reply().unwrap().unwrap().lines, ["one", "two"]);
        assert!(!parser.has_bare_line_feed() && !parser.has_leftover());
    }

    // Conformance: 1
    #[test]
    fn a_carriage_return_alone_ends_no_line() {
        let mut parser = ReplyParser::default();
        parser.push(b"250 ok\r250 more\r");
        assert_eq!(parser.next_reply(), Ok(None));
        assert!(parser.has_leftover());
        // A CR cannot follow the code either.
        let error = read(b"250\r250 more\r\n").unwrap_err();
        assert_eq!(error, ReplyError::NotAReply(r"250\r250 more".into()));
    }

    // Conformance: 7
    #[test]
    fn a_line_that_is_no_reply_is_refused() {
        for line in [
            "",
            "25",
            "25x",
            "2500",
            "250_",
            "199 no",
            "600 no",
            "-50 no",
            "SSH-2.0-x",
            "+OK",
        ] {
            let error = read(format!("{line}\r\n").as_bytes()).unwrap_err();
            assert_eq!(error, ReplyError::NotAReply(line.into()));
        }
    }

    // Conformance: 9
    #[test]
    fn the_code_stays_the_same_within_a_reply() {
        let error = read(b"250-one\r\n550 two\r\n").unwrap_err();
        assert_eq!(error, ReplyError::CodeChanged(250, "550 two".into()));
    }

    #[test]
    fn an_error_is_permanent() {
        let mut parser = ReplyParser::default();
        parser.push(b"220 fine\r\nHTTP/1.1 400 Bad Request\r\n250 never mind\r\n");
        assert!(parser.next_reply().unwrap().is_some());
        let error = parser.next_reply().unwrap_err();
        parser.push(b"250 really\r\n");
        assert_eq!(parser.next_reply(), Err(error));
    }

    // Conformance: 10
    #[test]
    fn a_line_may_be_as_long_as_the_limit_and_no_octet_longer() {
        let line = |length: usize| format!("250 {}\r\n", "x".repeat(length - 6)).into_bytes();
        assert_eq!(read(&line(MAX_REPLY_LINE)).unwrap().len(), 1);
        assert!(matches!(
            read(&line(MAX_REPLY_LINE + 1)),
            Err(ReplyError::LineTooLong(_))
        ));
        // It is refused before its end arrives.
        assert_eq!(
            read(&line(MAX_REPLY_LINE + 2)[..MAX_REPLY_LINE - 2]).unwrap(),
            []
        );
        assert!(matches!(
            read(&line(MAX_REPLY_LINE + 2)[..MAX_REPLY_LINE - 1]),
            Err(ReplyError::LineTooLong(_))
        ));
        // A CR may be the first half of its end.
        assert_eq!(
            read(&line(MAX_REPLY_LINE)[..MAX_REPLY_LINE - 1]).unwrap(),
            []
        );
    }

    // Conformance: 10
    #[test]
    fn a_line_that_ends_in_lf_alone_may_hold_as_much_text_and_no_more() {
        let line = |text: usize| format!("250 {}\n", "x".repeat(text)).into_bytes();
        let text = MAX_REPLY_LINE - "250 \r\n".len();
        assert_eq!(read(&line(text)).unwrap().len(), 1);
        assert!(matches!(
            read(&line(text + 1)),
            Err(ReplyError::LineTooLong(_))
        ));
    }

    // Conformance: 9
    #[test]
    fn a_reply_may_have_as_many_lines_as_the_limit_and_not_one_more() {
        let lines = |count: usize| "250-x\r\n".repeat(count - 1) + "250 x\r\n";
        assert_eq!(
            read_one(lines(MAX_REPLY_LINES).as_bytes()).lines.len(),
            MAX_REPLY_LINES
        );
        assert_eq!(
            read(lines(MAX_REPLY_LINES + 1).as_bytes()),
            Err(ReplyError::TooManyLines)
        );
    }

    // Conformance: 9
    #[test]
    fn a_reply_may_be_as_long_as_the_limit_and_no_octet_longer() {
        let long = format!("250-{}\r\n", "x".repeat(1018)).repeat(MAX_REPLY / 1024 - 1);
        let last = |length: usize| format!("{long}250 {}\r\n", "x".repeat(length - 6));
        assert_eq!(
            read_one(last(1024).as_bytes()).lines.len(),
            MAX_REPLY / 1024
        );
        assert_eq!(read(last(1025).as_bytes()), Err(ReplyError::TooLong));
    }
}

//! Replies (RFC 5321, section 4.2), their enhanced status codes (RFC 3463), and limits on their size.
//! [`ReplyParser`] reads them.

mod parser;

pub use parser::{ReplyError, ReplyParser};

use super::decimal;

/// The limit of a reply line, in octets with its CRLF. RFC 5321, section 4.5.3.1.5, allows 512; a challenge
/// of AUTH has 12,288 after its `334 ` (RFC 4954, section 4). A line that ends in LF alone may hold as much
/// text.
pub const MAX_REPLY_LINE: usize = 4 + 12_288 + 2;

/// Lines of one reply. The longest in use answer EHLO and HELP, with some dozens.
pub const MAX_REPLY_LINES: usize = 512;

/// Octets of one reply, each line end counted as two: the most that a server can make us keep.
pub const MAX_REPLY: usize = 64 * 1024;

/// Digits of an enhanced code's subject and detail (RFC 3463, section 2).
const MAX_ENHANCED_DIGITS: usize = 3;

/// An enhanced status code such as 5.7.1 (RFC 3463).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnhancedCode {
    /// 2, 4 or 5, the first digit of the reply's code (RFC 2034, section 3).
    pub class: u8,
    /// What the code is about: 1 is the address, 7 is security or policy (RFC 3463, section 3).
    pub subject: u16,
    /// The condition within the subject.
    pub detail: u16,
}

/// One complete reply. The first digit of its code decides, so that unknown codes have a meaning too (RFC
/// 5321, section 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// From 200 to 599.
    pub code: u16,
    /// The enhanced code at the start of the text, if it is of the reply's class.
    pub enhanced: Option<EnhancedCode>,
    /// The text of each line: all that follows the code, with the enhanced code.
    pub lines: Vec<String>,
}

impl Reply {
    /// 2yz: the command is done.
    pub fn is_success(&self) -> bool {
        self.code / 100 == 2
    }

    /// 3yz: the server waits for more, such as the message or a response.
    pub fn is_intermediate(&self) -> bool {
        self.code / 100 == 3
    }

    /// 4yz: refused for now.
    pub fn is_transient(&self) -> bool {
        self.code / 100 == 4
    }

    /// 5yz: refused for good.
    pub fn is_permanent(&self) -> bool {
        self.code / 100 == 5
    }

    /// 4yz or 5yz.
    pub fn is_refusal(&self) -> bool {
        self.is_transient() || self.is_permanent()
    }

    /// Whether the server says that the transaction has too many recipients: 452, or 552, which old servers
    /// send (RFC 5321, section 4.5.3.1.10), or 451; and the enhanced code x.5.3 (RFC 3463, section 3.6).
    pub fn is_too_many_recipients(&self) -> bool {
        matches!(self.code, 451 | 452 | 552) && self.has_enhanced(5, 3)
    }

    /// Whether the transaction may have too many recipients; or a mailbox or disk is full, as there is no
    /// enhanced code to tell. Courier (1.0) sends 431.
    pub fn may_be_too_many_recipients(&self) -> bool {
        matches!(self.code, 431 | 452 | 552) && self.enhanced.is_none()
    }

    /// Whether the connection is of no further use, whatever the command was: 421 (RFC 5321, section 3.8), or
    /// another 4yz with x.4.2, "bad connection" (RFC 3463, section 3.5). Amazon SES sends 451 4.4.2 after it
    /// has waited too long for a command.
    pub fn is_about_connection(&self) -> bool {
        self.code == 421 || self.is_transient() && self.has_enhanced(4, 2)
    }

    fn has_enhanced(&self, subject: u16, detail: u16) -> bool {
        self.enhanced
            .is_some_and(|code| (code.subject, code.detail) == (subject, detail))
    }
}

impl EnhancedCode {
    /// The code at the start of `text`. The class has to be the class of the reply's `code` (RFC 2034,
    /// section 3); the version number of a greeting may look like a code of another class.
    fn parse(code: u16, text: &str) -> Option<Self> {
        let (word, _) = text.split_once(' ').unwrap_or((text, ""));
        let (class, rest) = word.split_once('.')?;
        let (subject, detail) = rest.split_once('.')?;
        let class = match class {
            "2" => 2,
            "4" => 4,
            "5" => 5,
            _ => return None,
        };
        let subject = decimal::parse(subject, MAX_ENHANCED_DIGITS)?;
        let detail = decimal::parse(detail, MAX_ENHANCED_DIGITS)?;
        (code / 100 == u16::from(class)).then_some(Self {
            class,
            subject,
            detail,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u16) -> Reply {
        Reply {
            code,
            enhanced: None,
            lines: Vec::new(),
        }
    }

    // Conformance: 7, 22
    #[test]
    fn the_first_digit_decides_for_an_unknown_code() {
        assert!(reply(299).is_success());
        assert!(reply(334).is_intermediate());
        assert!(reply(477).is_transient());
        assert!(reply(599).is_permanent());
        assert!(!reply(599).is_success() && !reply(599).is_transient());
    }

    // Conformance: 17
    #[test]
    fn too_many_recipients_is_told_by_code_and_enhanced_code() {
        let found = |code, text| {
            let enhanced = EnhancedCode::parse(code, text);
            let reply = Reply {
                enhanced,
                ..reply(code)
            };
            let may_be = reply.may_be_too_many_recipients();
            (reply.is_too_many_recipients(), may_be)
        };
        for (code, text, expected) in [
            (452, "4.5.3 Too many recipients", (true, false)),
            (552, "5.5.3 Too many recipients", (true, false)),
            (451, "4.5.3 Too many recipients", (true, false)),
            (451, "Too many recipients", (false, false)),
            (452, "Too many recipients", (false, true)),
            (552, "Too many recipients", (false, true)),
            (452, "4.3.1 Insufficient system storage", (false, false)),
            (552, "5.2.2 Mailbox full", (false, false)),
            (552, "5.3.4 Message too big", (false, false)),
            (450, "4.5.3 Too many recipients", (false, false)),
            (550, "Too many recipients", (false, false)),
            (250, "OK", (false, false)),
        ] {
            assert_eq!(found(code, text), expected, "{code} {text}");
        }
    }

    // Conformance: 59
    #[test]
    fn an_enhanced_code_is_three_numbers_at_the_start() {
        let found = |code, text| {
            EnhancedCode::parse(code, text).map(|code| (code.class, code.subject, code.detail))
        };
        assert_eq!(found(550, "5.7.1 Not here"), Some((5, 7, 1)));
        assert_eq!(found(250, "2.1.0"), Some((2, 1, 0)));
        assert_eq!(found(450, "4.999.999 x"), Some((4, 999, 999)));
        for text in [
            "", "5", "5.7", "5.7.", "5.7.1.2", "5.7.1x", "5..1", "5.7.1000", " 5.7.1", "5.+7.1",
        ] {
            assert_eq!(found(550, text), None, "{text}");
        }
    }

    // Conformance: 59
    #[test]
    fn an_enhanced_code_of_another_class_is_text() {
        assert_eq!(EnhancedCode::parse(250, "5.7.1 Not here"), None);
        assert_eq!(EnhancedCode::parse(354, "3.0.0 Go on"), None);
        assert_eq!(EnhancedCode::parse(550, "55.7.1 Not here"), None);
    }
}

//! Replies (RFC 5321, section 4.2): what one is. How one is read: [`ReplyParser`].

mod parser;

pub use parser::{MAX_LINE, MAX_LINES, MAX_REPLY, ReplyError, ReplyParser};

/// An enhanced status code such as 5.7.1 (RFC 3463).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnhancedCode {
    pub class: u8,
    pub subject: u16,
    pub detail: u16,
}

/// One complete reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    pub enhanced: Option<EnhancedCode>,
    /// One entry a line, all that follows the code.
    pub lines: Vec<String>,
}

/// The first digit decides, so that codes not yet known have a meaning too (RFC 5321, section 4.2).
impl Reply {
    /// 2yz: done.
    pub fn is_success(&self) -> bool {
        self.code / 100 == 2
    }

    /// 3yz: go on.
    pub fn is_intermediate(&self) -> bool {
        self.code / 100 == 3
    }

    /// 4yz: not now.
    pub fn is_transient(&self) -> bool {
        self.code / 100 == 4
    }

    /// 5yz: not like this.
    pub fn is_permanent(&self) -> bool {
        self.code / 100 == 5
    }

    /// 4yz or 5yz.
    pub fn is_refusal(&self) -> bool {
        self.is_transient() || self.is_permanent()
    }

    /// Whether it says that RCPT came to the end of the server's room, so that another transaction may
    /// have some: 452, or the 552 of old, which is to count as that (RFC 5321, section 4.5.3.1.10),
    /// with the enhanced code for it (RFC 3463, section 3.6).
    pub fn is_too_many_recipients(&self) -> bool {
        let is_said = |enhanced: EnhancedCode| (enhanced.subject, enhanced.detail) == (5, 3);
        matches!(self.code, 451 | 452 | 552) && self.enhanced.is_some_and(is_said)
    }

    /// Whether it says that the connection is worth nothing, whatever was asked: 421 (RFC 5321, section 3.8),
    /// or another temporary refusal with x.4.2, "bad connection" (RFC 3463, section 3.5), as Amazon SES says
    /// 451 4.4.2 when it has waited too long for a command.
    pub fn is_about_connection(&self) -> bool {
        let is_said = |enhanced: EnhancedCode| (enhanced.subject, enhanced.detail) == (4, 2);
        self.code == 421 || self.code / 100 == 4 && self.enhanced.is_some_and(is_said)
    }

    /// Whether it may mean that, or a full mailbox or disk: there is no enhanced code to tell.
    /// Courier (1.0) says 431.
    pub fn may_be_too_many_recipients(&self) -> bool {
        matches!(self.code, 431 | 452 | 552) && self.enhanced.is_none()
    }
}

impl EnhancedCode {
    /// The code that `text`, of a reply with `code`, begins with. What only looks like one, such
    /// as the version number of a greeting, or is of another class than the reply, is none: RFC
    /// 2034, section 3, has the two agree.
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
        let (subject, detail) = (number(subject)?, number(detail)?);
        (code / 100 == u16::from(class)).then_some(Self {
            class,
            subject,
            detail,
        })
    }
}

/// One to three digits.
fn number(digits: &str) -> Option<u16> {
    let well_formed = digits.len() <= 3 && digits.bytes().all(|octet| octet.is_ascii_digit());
    if well_formed {
        digits.parse().ok()
    } else {
        None
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
    fn unknown_codes_go_by_their_first_digit() {
        assert!(reply(299).is_success());
        assert!(reply(334).is_intermediate());
        assert!(reply(477).is_transient());
        assert!(reply(599).is_permanent());
        assert!(!reply(599).is_success() && !reply(599).is_transient());
    }

    // Conformance: 17
    #[test]
    fn too_many_recipients_is_452_and_552_as_far_as_the_enhanced_code_says() {
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

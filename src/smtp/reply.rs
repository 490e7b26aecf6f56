//! Replies (RFC 5321, section 4.2): what one is, and the parser of the server's side.

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

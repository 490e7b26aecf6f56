//! The error of a setter: which field, what is wrong, how to mend it.

use core::fmt;

/// A draft that cannot become a message, or a value that it cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field in the words of the setters, such as `from`, `reply-to` or `attachment`; for a header field
    /// of the caller's own its name.
    pub field: String,
    /// What is wrong and how to mend it.
    pub reason: String,
}

impl Invalid {
    pub(super) fn new(field: &str, reason: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.field, self.reason)
    }
}

impl core::error::Error for Invalid {}

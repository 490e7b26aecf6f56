//! The content that a server takes: SIZE (RFC 1870), 8BITMIME (RFC 6152) and SMTPUTF8 (RFC 6531).
//!
//! A whole message is checked before MAIL, a message in pieces as each piece is written.

use super::content_scan::Location;
use super::error::Error;
use super::extensions::Extensions;
use super::header_scan::FieldName;

/// The server's extensions for content.
#[derive(Clone, Copy, Debug)]
pub(super) struct ContentPolicy {
    eight_bit: bool,
    utf8: bool,
    /// In octets.
    size_limit: Option<u64>,
}

impl ContentPolicy {
    pub(super) fn of(extensions: &Extensions) -> Self {
        Self {
            eight_bit: extensions.has("8BITMIME"),
            utf8: extensions.has("SMTPUTF8"),
            size_limit: extensions.size_limit(),
        }
    }

    /// The server will refuse a message over its limit (RFC 1870, section 7).
    pub(super) fn check_size(self, octets: u64) -> Result<(), Error> {
        match self.size_limit {
            Some(limit) if octets > limit => Err(Error::MessageTooLarge(limit)),
            _ => Ok(()),
        }
    }

    /// `first` is the place of the first octet above 127 (RFC 6152, section 3).
    pub(super) fn check_eight_bit(self, first: Option<Location>) -> Result<(), Error> {
        match first {
            Some(place) if !self.eight_bit => Err(place.needs_8bitmime()),
            _ => Ok(()),
        }
    }

    /// `first` is the first header field in UTF-8 (RFC 6532, section 3).
    pub(super) fn check_utf8_header(self, first: Option<FieldName>) -> Result<(), Error> {
        match first {
            Some(field) if !self.utf8 => Err(field.needs_smtputf8()),
            _ => Ok(()),
        }
    }
}

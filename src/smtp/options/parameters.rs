//! What follows the address in MAIL and RCPT (RFC 5321, section 4.1.2): nothing that belongs to an
//! extension that the server does not offer.

use crate::smtp::error::Error;
use crate::smtp::extensions::Extensions;
use core::fmt::Display;

/// What to do about most options.
const LEAVE_OUT: &str = "leave that out, or send over a server that offers it";

pub(super) struct Parameters<'a> {
    extensions: &'a Extensions,
    text: String,
}

impl<'a> Parameters<'a> {
    pub(super) fn of(extensions: &'a Extensions) -> Self {
        Self {
            extensions,
            text: String::new(),
        }
    }

    /// With the space before it.
    pub(super) fn push(&mut self, parameter: impl Display) {
        self.text += &format!(" {parameter}");
    }

    /// What `option` asks for.
    pub(super) fn push_of(
        &mut self,
        extension: &str,
        option: &str,
        parameter: impl Display,
    ) -> Result<(), Error> {
        self.extensions.require(extension, option, LEAVE_OUT)?;
        self.push(parameter);
        Ok(())
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

//! Writes the parameters of one command, each of an extension that the server offers.

use crate::smtp::error::Error;
use crate::smtp::extensions::Extensions;
use core::fmt::Display;

/// The advice for most options that a server does not offer.
const LEAVE_OUT: &str = "leave that out, or send over a server that offers it";

pub(super) struct ParameterWriter<'a> {
    extensions: &'a Extensions,
    text: String,
}

impl<'a> ParameterWriter<'a> {
    pub(super) fn new(extensions: &'a Extensions) -> Self {
        Self {
            extensions,
            text: String::new(),
        }
    }

    pub(super) fn push(&mut self, parameter: impl Display) {
        self.text += &format!(" {parameter}");
    }

    /// Refuses to write the parameter if the server does not offer `extension`. The error names `option`, the
    /// function that asks for it.
    pub(super) fn push_offered(
        &mut self,
        extension: &str,
        option: &str,
        parameter: impl Display,
    ) -> Result<(), Error> {
        self.extensions.require(extension, option, LEAVE_OUT)?;
        self.push(parameter);
        Ok(())
    }

    /// Each parameter with a space before it.
    pub(super) fn into_text(self) -> String {
        self.text
    }
}

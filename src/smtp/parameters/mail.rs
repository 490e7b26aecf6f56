//! The parameters of MAIL.
//!
//! ```text
//! MAIL FROM:<ann@example.org> SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=QQ314159
//! ```

use super::writer::ParameterWriter;
use super::{BodyType, Options};
use crate::smtp::content_policy::ContentPolicy;
use crate::smtp::content_scan::ContentScan;
use crate::smtp::error::{Error, UnavailableExtension};
use crate::smtp::extensions::Extensions;

/// The facts that MAIL's parameters depend on, besides the options.
#[derive(Clone, Copy)]
pub(in crate::smtp) struct MailContext<'a> {
    pub extensions: &'a Extensions,
    /// Whether the session is inside TLS, with the server's certificate verified.
    pub secure: bool,
    /// Whether BDAT is allowed if the server offers CHUNKING.
    pub may_chunk: bool,
    /// Whether all addresses are ASCII as they will be sent. For others the server offers SMTPUTF8.
    pub envelope_ascii: bool,
    /// `None` if the message comes in pieces.
    pub survey: Option<&'a ContentScan>,
}

impl Options {
    /// Each parameter with a space before it. An error if the server does not offer an extension
    /// that the options or the message need.
    pub(in crate::smtp) fn mail_parameters(
        &self,
        context: &MailContext<'_>,
    ) -> Result<String, Error> {
        let mut parameters = ParameterWriter::new(context.extensions);
        self.write_size(context, &mut parameters)?;
        self.write_body(context, &mut parameters)?;
        self.write_smtputf8(context, &mut parameters)?;
        self.write_notifications(&mut parameters)?;
        self.write_require_tls(context, &mut parameters)?;
        self.write_handling(context, &mut parameters)?;
        for parameter in self.custom.iter() {
            parameters.push(parameter);
        }
        Ok(parameters.into_text())
    }

    /// SIZE (RFC 1870).
    fn write_size(
        &self,
        context: &MailContext<'_>,
        parameters: &mut ParameterWriter<'_>,
    ) -> Result<(), Error> {
        let Some(size) = context.survey.map(|survey| survey.size).or(self.size) else {
            return Ok(());
        };
        ContentPolicy::of(context.extensions).check_size(size)?;
        if context.extensions.has("SIZE") {
            parameters.push(format_args!("SIZE={size}"));
        }
        Ok(())
    }

    /// BODY (RFC 6152; RFC 3030, section 3).
    fn write_body(
        &self,
        context: &MailContext<'_>,
        parameters: &mut ParameterWriter<'_>,
    ) -> Result<(), Error> {
        if self.body == Some(BodyType::BinaryMime) {
            return write_binary(context, parameters);
        }
        let extensions = context.extensions;
        let first = context.survey.and_then(|survey| survey.eight_bit);
        ContentPolicy::of(extensions).check_eight_bit(first)?;
        if self.body == Some(BodyType::EightBitMime) {
            let instead = "leave that out, and send quoted-printable or base64";
            extensions.require("8BITMIME", "set-body-type(eight-bit-mime)", instead)?;
        }
        if extensions.has("8BITMIME") {
            parameters.push("BODY=8BITMIME");
        }
        Ok(())
    }

    /// SMTPUTF8, only if something needs it (RFC 6531, section 3.4).
    fn write_smtputf8(
        &self,
        context: &MailContext<'_>,
        parameters: &mut ParameterWriter<'_>,
    ) -> Result<(), Error> {
        let field = context.survey.and_then(|survey| survey.utf8_header);
        ContentPolicy::of(context.extensions).check_utf8_header(field)?;
        if field.is_none() && context.envelope_ascii && !self.smtputf8 {
            return Ok(());
        }
        let option = if self.smtputf8 {
            "set-smtputf8"
        } else {
            "an address"
        };
        parameters.push_offered("SMTPUTF8", option, "SMTPUTF8")
    }

    /// RET and ENVID (RFC 3461).
    fn write_notifications(&self, parameters: &mut ParameterWriter<'_>) -> Result<(), Error> {
        if let Some(contents) = self.dsn_contents {
            let ret = format_args!("RET={}", contents.value());
            parameters.push_offered("DSN", "set-dsn-contents", ret)?;
        }
        if let Some(id) = &self.envelope_id {
            parameters.push_offered("DSN", "set-envelope-id", format_args!("ENVID={id}"))?;
        }
        Ok(())
    }

    /// REQUIRETLS.
    fn write_require_tls(
        &self,
        context: &MailContext<'_>,
        parameters: &mut ParameterWriter<'_>,
    ) -> Result<(), Error> {
        if !self.require_tls {
            return Ok(());
        }
        // Even if the server offers it in the clear: RFC 8689, section 4.2.1.
        if !context.secure {
            return Err(Error::ExtensionUnavailable(UnavailableExtension {
                keyword: "REQUIRETLS".into(),
                reason: "set-require-tls needs TLS from here on (RFC 8689, section 4.2.1): \
                         set-security(implicit-tls) or set-security(starttls)"
                    .into(),
            }));
        }
        parameters.push_offered("REQUIRETLS", "set-require-tls", "REQUIRETLS")
    }

    /// BY, MT-PRIORITY, HOLDFOR and AUTH.
    fn write_handling(
        &self,
        context: &MailContext<'_>,
        parameters: &mut ParameterWriter<'_>,
    ) -> Result<(), Error> {
        if let Some(deliver_by) = self.deliver_by {
            let by = deliver_by.parameter(context.extensions)?;
            parameters.push_offered("DELIVERBY", "set-deliver-by", by)?;
        }
        if let Some(priority) = self.priority {
            let priority = format_args!("MT-PRIORITY={priority}");
            parameters.push_offered("MT-PRIORITY", "set-priority", priority)?;
        }
        if let Some(seconds) = self.hold_for {
            check_hold(seconds, context.extensions)?;
            let hold = format_args!("HOLDFOR={seconds}");
            parameters.push_offered("FUTURERELEASE", "set-hold-for", hold)?;
        }
        if let Some(submitter) = &self.submitter {
            let auth = format_args!("AUTH={submitter}");
            parameters.push_offered("AUTH", "set-submitter", auth)?;
        }
        Ok(())
    }
}

/// BODY=BINARYMIME, which only BDAT can carry (RFC 3030, section 3).
fn write_binary(
    context: &MailContext<'_>,
    parameters: &mut ParameterWriter<'_>,
) -> Result<(), Error> {
    if !context.may_chunk {
        return Err(Error::ExtensionUnavailable(UnavailableExtension {
            keyword: "CHUNKING".into(),
            reason:
                "set-body-type(binary-mime) needs BDAT, which set-chunking forbids: allow it, or \
                     send the content as base64"
                    .into(),
        }));
    }
    for keyword in ["CHUNKING", "BINARYMIME"] {
        let instead = "leave that out, and send the content as base64";
        let option = "set-body-type(binary-mime)";
        context.extensions.require(keyword, option, instead)?;
    }
    parameters.push("BODY=BINARYMIME");
    Ok(())
}

fn check_hold(seconds: u32, extensions: &Extensions) -> Result<(), Error> {
    match extensions.maximum_hold() {
        Some(maximum) if seconds > maximum => Err(Error::InvalidArgument(format!(
            "hold for: the server takes no more than {maximum} seconds"
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;

//! The parameters of RCPT.
//!
//! ```text
//! RCPT TO:<ben@example.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;ben@example.net
//! ```

use super::custom::CustomParameter;
use super::writer::ParameterWriter;
use super::{Options, RecipientOptions};
use crate::smtp::error::Error;
use crate::smtp::extensions::Extensions;
use crate::smtp::mailbox::Mailbox;

impl Options {
    /// Each parameter with a space before it. `recipient` is the address as the caller wrote it, not with its
    /// domain in A-labels.
    pub(in crate::smtp) fn rcpt_parameters(
        &self,
        recipient: &Mailbox,
        extensions: &Extensions,
    ) -> Result<String, Error> {
        let none = RecipientOptions::default();
        let own = self.for_one.get(recipient.as_str()).unwrap_or(&none);
        let mut parameters = ParameterWriter::new(extensions);
        if let Some(notify) = own.notify.as_ref().or(self.for_all.notify.as_ref()) {
            parameters.push_offered("DSN", "set-notify", format_args!("NOTIFY={notify}"))?;
        }
        if let Some(original) = &own.original {
            let orcpt = format_args!("ORCPT={original}");
            parameters.push_offered("DSN", "set-original-recipient", orcpt)?;
        }
        let is_general = |custom: &&CustomParameter| !own.custom.has(custom.keyword());
        let general = self.for_all.custom.iter().filter(is_general);
        for parameter in own.custom.iter().chain(general) {
            parameters.push(parameter);
        }
        Ok(parameters.into_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smtp::parameters::Notify;
    use crate::smtp::reply::Reply;

    fn said(options: &Options, recipient: &str, extension: &str) -> Result<String, Error> {
        let extensions = Extensions::from_reply(&Reply {
            code: 250,
            enhanced: None,
            lines: vec!["mail.example.org".into(), extension.into()],
        });
        options.rcpt_parameters(&Mailbox::parse_recipient(recipient).unwrap(), &extensions)
    }

    #[test]
    fn an_option_for_one_recipient_overrides_the_option_for_all() {
        let mut options = Options::default();
        let failure = Notify {
            failure: true,
            ..Notify::default()
        };
        let never = Notify {
            never: true,
            ..Notify::default()
        };
        options.set_notify(None, failure).unwrap();
        options.set_notify(Some("b@example.org"), never).unwrap();
        options
            .set_original_recipient("a@example.org", "rfc822", "c+d@example.net")
            .unwrap();
        assert_eq!(
            said(&options, "a@example.org", "DSN"),
            Ok(" NOTIFY=FAILURE ORCPT=rfc822;c+2Bd@example.net".into())
        );
        assert_eq!(
            said(&options, "b@example.org", "DSN"),
            Ok(" NOTIFY=NEVER".into())
        );
        assert_eq!(
            said(&options, "postmaster", "DSN"),
            Ok(" NOTIFY=FAILURE".into())
        );
    }

    // Conformance: 58
    #[test]
    fn notifications_need_dsn() {
        let is_unavailable = |said, option: &str| match said {
            Err(Error::ExtensionUnavailable(unavailable)) => {
                unavailable.keyword == "DSN" && unavailable.reason.contains(option)
            }
            _ => false,
        };
        let mut notified = Options::default();
        let delay = Notify {
            delay: true,
            ..Notify::default()
        };
        notified.set_notify(None, delay).unwrap();
        assert!(is_unavailable(
            said(&notified, "a@example.org", "SIZE"),
            "set-notify"
        ));
        let mut original = Options::default();
        original
            .set_original_recipient("a@example.org", "utf-8", "δ@example.net")
            .unwrap();
        assert!(is_unavailable(
            said(&original, "a@example.org", "SIZE"),
            "set-original-recipient"
        ));
        assert_eq!(said(&original, "b@example.org", "SIZE"), Ok("".into()));
        assert_eq!(
            said(&original, "a@example.org", "DSN"),
            Ok(r" ORCPT=utf-8;\x{3B4}@example.net".into())
        );
    }

    #[test]
    fn a_custom_parameter_for_one_recipient_replaces_the_one_for_all() {
        let mut options = Options::default();
        let mut add = |recipient, keyword, value| {
            options
                .add_recipient_parameter(recipient, keyword, Some(value))
                .unwrap();
        };
        add(None, "X-One", "1");
        add(None, "X-Two", "2");
        add(Some("a@example.org"), "x-two", "own");
        assert_eq!(
            said(&options, "a@example.org", "SIZE"),
            Ok(" x-two=own X-One=1".into())
        );
        assert_eq!(
            said(&options, "b@example.org", "SIZE"),
            Ok(" X-One=1 X-Two=2".into())
        );
        let twice = options.add_recipient_parameter(None, "X-ONE", None);
        assert!(twice.unwrap_err().to_string().contains("added before"));
    }
}

//! The parameters of RCPT.
//!
//! ```text
//! RCPT TO:<ben@example.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;ben@example.net
//! ```

use super::extra::Extra;
use super::parameters::Parameters;
use super::{Options, RecipientOptions};
use crate::smtp::error::Error;
use crate::smtp::extensions::Extensions;
use crate::smtp::mailbox::Mailbox;

impl Options {
    /// Each with a space before it. `recipient` is as the options were given it, not with its domain
    /// in A-labels.
    pub fn rcpt_parameters(
        &self,
        recipient: &Mailbox,
        extensions: &Extensions,
    ) -> Result<String, Error> {
        let none = RecipientOptions::default();
        let own = self.for_one.get(recipient.as_str()).unwrap_or(&none);
        let mut parameters = Parameters::of(extensions);
        if let Some(notify) = own.notify.as_ref().or(self.for_all.notify.as_ref()) {
            parameters.push_of("DSN", "set-notify", format_args!("NOTIFY={notify}"))?;
        }
        if let Some(original) = &own.original {
            parameters.push_of(
                "DSN",
                "set-original-recipient",
                format_args!("ORCPT={original}"),
            )?;
        }
        let is_general = |extra: &&Extra| !own.extras.has(extra.keyword());
        for extra in own
            .extras
            .iter()
            .chain(self.for_all.extras.iter().filter(is_general))
        {
            parameters.push(extra);
        }
        Ok(parameters.into_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smtp::options::Notify;
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
    fn what_is_set_for_one_recipient_stands_before_what_is_set_for_all() {
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
    fn an_added_parameter_of_ones_own_replaces_that_of_all() {
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
        assert!(twice.unwrap_err().contains("already there"));
    }
}

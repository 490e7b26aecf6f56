//! What a message asks of the server beyond the envelope, checked as it is set. How it is said in
//! MAIL and RCPT, where the server offers it: `mail` and `rcpt`.

mod deliver_by;
mod dsn;
mod extra;
mod mail;
mod parameters;
mod rcpt;

pub use dsn::{DsnContents, Notify};
pub use mail::MailContext;

use super::error::Error;
use super::excerpt::excerpt;
use super::mailbox::Mailbox;
use super::xtext;
use deliver_by::DeliverBy;
use extra::Extras;
use std::collections::{BTreeMap, BTreeSet};

/// Seconds of BY, either way (RFC 2852), and of HOLDFOR (RFC 4865): both have room for nine digits.
const MAX_SECONDS: u32 = 999_999_999;

/// Octets of an AUTH= parameter (RFC 4954, section 3).
const MAX_SUBMITTER: usize = 500;

/// How the message's octets are to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Lines, with octets above 127 (RFC 6152).
    EightBitMime,
    /// Any octets (RFC 3030, section 3).
    BinaryMime,
}

/// An option that is set twice is as it was set last.
#[derive(Clone, Debug, Default)]
pub struct Options {
    body: Option<Body>,
    smtputf8: bool,
    size: Option<u64>,
    dsn_contents: Option<DsnContents>,
    /// As the value of ENVID.
    envelope_id: Option<String>,
    require_tls: bool,
    deliver_by: Option<DeliverBy>,
    priority: Option<i8>,
    hold_for: Option<u32>,
    /// As the value of AUTH.
    submitter: Option<String>,
    extras: Extras,
    for_all: RecipientOptions,
    for_one: BTreeMap<String, RecipientOptions>,
}

/// What is asked for recipients; for one of them, before what is asked for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct RecipientOptions {
    /// As the value of NOTIFY.
    notify: Option<String>,
    /// As the value of ORCPT.
    original: Option<String>,
    extras: Extras,
}

impl Options {
    pub fn set_body(&mut self, body: Body) {
        self.body = Some(body);
    }

    pub fn body(&self) -> Option<Body> {
        self.body
    }

    /// For headers in UTF-8; addresses ask for it by themselves.
    pub fn set_smtputf8(&mut self, required: bool) {
        self.smtputf8 = required;
    }

    pub fn smtputf8(&self) -> bool {
        self.smtputf8
    }

    /// The octets to declare for a message that is not known yet.
    pub fn set_size(&mut self, octets: u64) {
        self.size = Some(octets);
    }

    pub fn set_dsn_contents(&mut self, contents: DsnContents) {
        self.dsn_contents = Some(contents);
    }

    pub fn set_envelope_id(&mut self, id: &str) -> Result<(), String> {
        self.envelope_id = Some(dsn::envelope_id(id)?);
        Ok(())
    }

    /// For one recipient, or for all.
    pub fn set_notify(&mut self, recipient: Option<&str>, notify: Notify) -> Result<(), String> {
        let value = notify.value()?;
        self.recipient(recipient)?.notify = Some(value);
        Ok(())
    }

    pub fn set_original_recipient(
        &mut self,
        recipient: &str,
        address_type: &str,
        address: &str,
    ) -> Result<(), String> {
        let value = dsn::original_recipient(address_type, address)?;
        self.recipient(Some(recipient))?.original = Some(value);
        Ok(())
    }

    pub fn set_require_tls(&mut self, required: bool) {
        self.require_tls = required;
    }

    pub fn set_deliver_by(
        &mut self,
        seconds: i32,
        return_on_expiry: bool,
        trace: bool,
    ) -> Result<(), String> {
        self.deliver_by = Some(DeliverBy::new(seconds, return_on_expiry, trace)?);
        Ok(())
    }

    /// -9 to 9 (RFC 6710).
    pub fn set_priority(&mut self, priority: i8) -> Result<(), String> {
        match priority {
            -9..=9 => self.priority = Some(priority),
            _ => return Err(format!("priority {priority}: it goes from -9 to 9")),
        }
        Ok(())
    }

    pub fn set_hold_for(&mut self, seconds: u32) -> Result<(), String> {
        match seconds {
            1..=MAX_SECONDS => self.hold_for = Some(seconds),
            _ => {
                return Err(format!(
                    "hold for {seconds} seconds: it goes from 1 to {MAX_SECONDS}"
                ));
            }
        }
        Ok(())
    }

    /// Who submitted the message (RFC 4954, section 5); none where that is not known.
    pub fn set_submitter(&mut self, identity: Option<&str>) -> Result<(), String> {
        let value = match identity {
            Some(identity) => {
                let identity = Mailbox::parse(identity).map_err(|e| format!("submitter: {e}"))?;
                xtext::encode(identity.as_str())
            }
            None => "<>".into(),
        };
        if " AUTH=".len() + value.len() > MAX_SUBMITTER {
            return Err(format!(
                "submitter: encoded, it is longer than {MAX_SUBMITTER} octets"
            ));
        }
        self.submitter = Some(value);
        Ok(())
    }

    /// Another parameter of MAIL: whether it is offered, the caller knows.
    pub fn add_parameter(&mut self, keyword: &str, value: Option<&str>) -> Result<(), String> {
        self.extras.add(keyword, value)
    }

    /// Another parameter of RCPT, for one recipient, or for all that do not have their own of this
    /// keyword.
    pub fn add_recipient_parameter(
        &mut self,
        recipient: Option<&str>,
        keyword: &str,
        value: Option<&str>,
    ) -> Result<(), String> {
        self.recipient(recipient)?.extras.add(keyword, value)
    }

    /// An option for someone who does not get the message is a mistake, such as of spelling.
    pub fn expect_among(&self, recipients: &[Mailbox]) -> Result<(), Error> {
        let recipients: BTreeSet<_> = recipients.iter().map(Mailbox::as_str).collect();
        // Of a parameter that was refused, nothing is left but the recipient.
        let asked = self
            .for_one
            .iter()
            .filter(|(_, o)| **o != Default::default());
        match asked.map(|(r, _)| r).find(|r| !recipients.contains(&***r)) {
            Some(stranger) => Err(Error::InvalidArgument(format!(
                "options are set for `{}`, who is not among the recipients: write the address the \
                 same in both",
                excerpt(stranger.as_bytes())
            ))),
            None => Ok(()),
        }
    }

    fn recipient(&mut self, recipient: Option<&str>) -> Result<&mut RecipientOptions, String> {
        let Some(recipient) = recipient else {
            return Ok(&mut self.for_all);
        };
        // Whether it is one for LMTP is known when the message is sent.
        let recipient =
            Mailbox::parse_lmtp_recipient(recipient).map_err(|e| format!("recipient: {e}"))?;
        Ok(self.for_one.entry(recipient.as_str().into()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_server_could_take_is_refused_when_it_is_set() {
        let mut options = Options::default();
        for (refused, reason) in [
            (options.set_deliver_by(0, true, false), "at least 1 second"),
            (options.set_deliver_by(-5, true, false), "at least 1 second"),
            (
                options.set_deliver_by(1_000_000_000, true, false),
                "999999999",
            ),
            (options.set_deliver_by(i32::MIN, false, false), "999999999"),
            (options.set_priority(-10), "-9 to 9"),
            (options.set_priority(10), "-9 to 9"),
            (options.set_hold_for(0), "from 1"),
            (options.set_hold_for(1_000_000_000), "999999999"),
            (options.set_submitter(Some("ann")), "submitter: address"),
            (
                options.set_submitter(Some("postmaster")),
                "submitter: address",
            ),
            (
                options.set_notify(Some("ann "), Notify::default()),
                "say when",
            ),
            (
                options.set_original_recipient("ann ", "rfc822", "a@x"),
                "white space",
            ),
            (
                options.add_recipient_parameter(Some("ann@"), "X", None),
                "domain is missing",
            ),
            (options.add_parameter("SIZE", Some("1")), "set-size"),
            (
                options.add_recipient_parameter(None, "ORCPT", Some("1")),
                "set-original",
            ),
        ] {
            let error = refused.unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
        let refused = options.add_recipient_parameter(Some("ann@example.org"), "X", Some(""));
        assert!(refused.unwrap_err().contains("give none"));
        assert_eq!(options.expect_among(&[]), Ok(()));
    }

    #[test]
    fn a_submitter_that_is_too_long_once_encoded_is_refused() {
        let name = |equals: usize| format!("{}@{}example.org", "=".repeat(equals), "é.".repeat(60));
        let mut options = Options::default();
        options.set_submitter(Some(&name(1))).unwrap();
        let error = options.set_submitter(Some(&name(30))).unwrap_err();
        assert!(error.contains("500 octets"), "{error}");
    }

    #[test]
    fn an_option_for_someone_else_is_an_invalid_argument() {
        let mailbox = |address| Mailbox::parse_recipient(address).unwrap();
        let mut options = Options::default();
        let never = Notify {
            never: true,
            ..Notify::default()
        };
        options.set_notify(None, never).unwrap();
        options.set_notify(Some("a@example.org"), never).unwrap();
        options.set_notify(Some("postmaster"), never).unwrap();
        let recipients = ["b@example.org", "postmaster", "a@example.org"].map(mailbox);
        assert_eq!(options.expect_among(&recipients), Ok(()));
        match options.expect_among(&recipients[..2]) {
            Err(Error::InvalidArgument(reason)) => {
                assert!(reason.contains("`a@example.org`"), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }
}

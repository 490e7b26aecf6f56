//! Parameters of MAIL and RCPT (RFC 5321, section 4.1.2): BODY, SIZE, SMTPUTF8, NOTIFY, BY and others.
//!
//! A caller sets [`Options`], and each value is checked as it is set. `mail.rs` and `rcpt.rs`
//! write the commands' parameters, for the extensions that the server offers. A new parameter is a field and
//! a setter here, and a line in one of these two files.

mod custom;
mod deliver_by;
mod dsn;
mod mail;
mod rcpt;
mod writer;

pub use dsn::{DsnContents, Notify};
pub(super) use mail::MailContext;

use super::error::Error;
use super::excerpt::excerpt;
use super::mailbox::Mailbox;
use super::xtext;
use custom::CustomParameters;
use deliver_by::DeliverBy;
use std::collections::{BTreeMap, BTreeSet};

/// The most seconds of BY, in either direction (RFC 2852), and of HOLDFOR (RFC 4865): nine digits.
const MAX_SECONDS: u32 = 999_999_999;

/// Octets of an AUTH= parameter (RFC 4954, section 3).
const MAX_SUBMITTER: usize = 500;

/// The parameter BODY: which octets the content may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyType {
    /// Lines that may hold octets above 127 (RFC 6152).
    EightBitMime,
    /// Any octets (RFC 3030, section 3).
    BinaryMime,
}

/// The requests of a caller for one message, beyond the envelope. The last call of a setter counts.
#[derive(Clone, Debug, Default)]
pub struct Options {
    body: Option<BodyType>,
    smtputf8: bool,
    size: Option<u64>,
    dsn_contents: Option<DsnContents>,
    /// The value of ENVID.
    envelope_id: Option<String>,
    require_tls: bool,
    deliver_by: Option<DeliverBy>,
    priority: Option<i8>,
    hold_for: Option<u32>,
    /// The value of AUTH.
    submitter: Option<String>,
    custom: CustomParameters,
    for_all: RecipientOptions,
    /// By address. They come before those for all.
    for_one: BTreeMap<String, RecipientOptions>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct RecipientOptions {
    /// The value of NOTIFY.
    notify: Option<String>,
    /// The value of ORCPT.
    original: Option<String>,
    custom: CustomParameters,
}

/// A setter that returns an error returns [`Error::InvalidArgument`], and changes nothing.
impl Options {
    /// BODY. Without it, BODY=8BITMIME is sent to each server that offers 8BITMIME (RFC 6152).
    pub fn set_body(&mut self, body: BodyType) {
        self.body = Some(body);
    }

    /// SMTPUTF8, for header fields in UTF-8 (RFC 6531, section 3.4). An address that needs it asks for it
    /// by itself.
    pub fn set_smtputf8(&mut self, required: bool) {
        self.smtputf8 = required;
    }

    /// SIZE, in octets (RFC 1870, section 5), of a message that comes in pieces. The size of a whole message
    /// is known.
    pub fn set_size(&mut self, octets: u64) {
        self.size = Some(octets);
    }

    /// RET (RFC 3461, section 4.3).
    pub fn set_dsn_contents(&mut self, contents: DsnContents) {
        self.dsn_contents = Some(contents);
    }

    /// ENVID (RFC 3461, section 4.4).
    ///
    /// # Errors
    ///
    /// `id` is not 1 to 100 printable characters of ASCII.
    pub fn set_envelope_id(&mut self, id: &str) -> Result<(), Error> {
        self.envelope_id = Some(dsn::envelope_id(id).map_err(Error::InvalidArgument)?);
        Ok(())
    }

    /// NOTIFY (RFC 3461, section 4.1), for one recipient, or with `None` for all others.
    ///
    /// # Errors
    ///
    /// `notify` is empty, or `never` is set beside others; or `recipient` is not an address.
    pub fn set_notify(&mut self, recipient: Option<&str>, notify: Notify) -> Result<(), Error> {
        let value = notify.value().map_err(Error::InvalidArgument)?;
        self.recipient(recipient)?.notify = Some(value);
        Ok(())
    }

    /// ORCPT (RFC 3461, section 4.2): the address that the message was first sent to. `address_type` is a
    /// registered name, such as `rfc822` or `utf-8` (RFC 6533).
    ///
    /// # Errors
    ///
    /// `address` is not of its type, or ORCPT is longer than 500 octets; or `recipient` is not an address.
    pub fn set_original_recipient(
        &mut self,
        recipient: &str,
        address_type: &str,
        address: &str,
    ) -> Result<(), Error> {
        let value =
            dsn::original_recipient(address_type, address).map_err(Error::InvalidArgument)?;
        self.recipient(Some(recipient))?.original = Some(value);
        Ok(())
    }

    /// REQUIRETLS (RFC 8689): each server on the way to the recipient has to use verified TLS.
    pub fn set_require_tls(&mut self, required: bool) {
        self.require_tls = required;
    }

    /// BY (RFC 2852): deliver within `seconds`. After that the server returns the message, or with
    /// `return_on_expiry` off it notifies the sender and goes on; a time that has passed allows only this.
    /// `trace` asks for a notification from each server on the way.
    ///
    /// # Errors
    ///
    /// `seconds` has more than nine digits, or is below 1 with `return_on_expiry`.
    pub fn set_deliver_by(
        &mut self,
        seconds: i32,
        return_on_expiry: bool,
        trace: bool,
    ) -> Result<(), Error> {
        let deliver_by = DeliverBy::new(seconds, return_on_expiry, trace);
        self.deliver_by = Some(deliver_by.map_err(Error::InvalidArgument)?);
        Ok(())
    }

    /// MT-PRIORITY (RFC 6710), from -9 to 9.
    ///
    /// # Errors
    ///
    /// `priority` is out of this range.
    pub fn set_priority(&mut self, priority: i8) -> Result<(), Error> {
        if !(-9..=9).contains(&priority) {
            return Err(Error::InvalidArgument(format!(
                "priority {priority}: give a number from -9 to 9"
            )));
        }
        self.priority = Some(priority);
        Ok(())
    }

    /// HOLDFOR (RFC 4865): the server is to release the message after so many seconds.
    ///
    /// # Errors
    ///
    /// `seconds` is 0, or has more than nine digits.
    pub fn set_hold_for(&mut self, seconds: u32) -> Result<(), Error> {
        if !(1..=MAX_SECONDS).contains(&seconds) {
            return Err(Error::InvalidArgument(format!(
                "hold for {seconds} seconds: give a number from 1 to {MAX_SECONDS}"
            )));
        }
        self.hold_for = Some(seconds);
        Ok(())
    }

    /// AUTH (RFC 4954, section 5): the address that submitted the message, or `None` if it is not known.
    ///
    /// # Errors
    ///
    /// `identity` is not an address, or AUTH is longer than 500 octets.
    pub fn set_submitter(&mut self, identity: Option<&str>) -> Result<(), Error> {
        let invalid = |reason| Error::InvalidArgument(format!("submitter: {reason}"));
        let value = match identity {
            Some(identity) => xtext::encode(Mailbox::parse(identity).map_err(invalid)?.as_str()),
            None => "<>".into(),
        };
        if " AUTH=".len() + value.len() > MAX_SUBMITTER {
            return Err(invalid(format!(
                "encoded, it is longer than {MAX_SUBMITTER} octets"
            )));
        }
        self.submitter = Some(value);
        Ok(())
    }

    /// Another parameter of MAIL. It is sent whether the server offers its extension or not.
    ///
    /// # Errors
    ///
    /// The parameter is not of the grammar, has a setter of its own, or was added before.
    pub fn add_parameter(&mut self, keyword: &str, value: Option<&str>) -> Result<(), Error> {
        self.custom
            .add(keyword, value)
            .map_err(Error::InvalidArgument)
    }

    /// Another parameter of RCPT, for one recipient, or with `None` for all that do not have this keyword.
    /// It is sent whether the server offers its extension or not.
    ///
    /// # Errors
    ///
    /// As [`Self::add_parameter`]; or `recipient` is not an address.
    pub fn add_recipient_parameter(
        &mut self,
        recipient: Option<&str>,
        keyword: &str,
        value: Option<&str>,
    ) -> Result<(), Error> {
        let custom = &mut self.recipient(recipient)?.custom;
        custom.add(keyword, value).map_err(Error::InvalidArgument)
    }

    pub(crate) fn body(&self) -> Option<BodyType> {
        self.body
    }

    pub(crate) fn smtputf8(&self) -> bool {
        self.smtputf8
    }

    /// Refuses options for an address that does not get the message: it is probably misspelt.
    pub(crate) fn check_recipients(&self, recipients: &[Mailbox]) -> Result<(), Error> {
        let recipients: BTreeSet<_> = recipients.iter().map(Mailbox::as_str).collect();
        // A refused option leaves an entry without any.
        let with_options = self
            .for_one
            .iter()
            .filter(|(_, options)| **options != RecipientOptions::default());
        match with_options
            .map(|(recipient, _)| recipient)
            .find(|recipient| !recipients.contains(&***recipient))
        {
            Some(stranger) => Err(Error::InvalidArgument(format!(
                "options are set for `{}`, which is not among the recipients: write the address the \
                 same in both",
                excerpt(stranger.as_bytes())
            ))),
            None => Ok(()),
        }
    }

    fn recipient(&mut self, recipient: Option<&str>) -> Result<&mut RecipientOptions, Error> {
        let Some(recipient) = recipient else {
            return Ok(&mut self.for_all);
        };
        // The protocol is not known here, and LMTP allows more.
        let recipient = Mailbox::parse_lmtp_recipient(recipient)
            .map_err(|reason| Error::InvalidArgument(format!("recipient: {reason}")))?;
        Ok(self.for_one.entry(recipient.as_str().into()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_that_no_server_takes_is_refused_when_it_is_set() {
        let mut options = Options::default();
        for (refused, reason) in [
            (options.set_deliver_by(0, true, false), "at least 1 second"),
            (options.set_deliver_by(-5, true, false), "at least 1 second"),
            (
                options.set_deliver_by(1_000_000_000, true, false),
                "999999999",
            ),
            (options.set_deliver_by(i32::MIN, false, false), "999999999"),
            (options.set_priority(-10), "from -9 to 9"),
            (options.set_priority(10), "from -9 to 9"),
            (options.set_hold_for(0), "from 1"),
            (options.set_hold_for(1_000_000_000), "999999999"),
            (options.set_submitter(Some("ann")), "submitter: address"),
            (
                options.set_submitter(Some("postmaster")),
                "submitter: address",
            ),
            (
                options.set_notify(Some("ann "), Notify::default()),
                "nothing is set",
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
            let error = refused.unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
        let refused = options.add_recipient_parameter(Some("ann@example.org"), "X", Some(""));
        assert!(refused.unwrap_err().to_string().contains("give none"));
        assert_eq!(options.check_recipients(&[]), Ok(()));
    }

    #[test]
    fn a_submitter_that_is_too_long_once_encoded_is_refused() {
        let name = |equals: usize| format!("{}@{}example.org", "=".repeat(equals), "é.".repeat(60));
        let mut options = Options::default();
        options.set_submitter(Some(&name(1))).unwrap();
        let error = options
            .set_submitter(Some(&name(30)))
            .unwrap_err()
            .to_string();
        assert!(error.contains("500 octets"), "{error}");
    }

    #[test]
    fn an_option_for_an_address_that_is_no_recipient_is_an_invalid_argument() {
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
        assert_eq!(options.check_recipients(&recipients), Ok(()));
        match options.check_recipients(&recipients[..2]) {
            Err(Error::InvalidArgument(reason)) => {
                assert!(reason.contains("`a@example.org`"), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }
}

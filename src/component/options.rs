//! The resource `options`: parameters of MAIL and RCPT.

use core::cell::RefCell;

use super::convert::checked;
use super::wit;
use crate::smtp::error::Error;
use crate::smtp::parameters::{BodyType, DsnContents, Notify, Options};

#[derive(Default)]
pub(super) struct GuestOptions(RefCell<Options>);

/// A copy of the caller's options. Without any, the defaults.
pub(super) fn chosen(options: Option<wit::OptionsBorrow<'_>>) -> Options {
    options.map_or(Options::default(), |options| {
        options.get::<GuestOptions>().0.borrow().clone()
    })
}

impl GuestOptions {
    #[inline(always)]
    fn set(&self, set: impl FnOnce(&mut Options) -> Result<(), Error>) -> Result<(), wit::Error> {
        checked(set(&mut self.0.borrow_mut()))
    }
}

impl wit::GuestOptions for GuestOptions {
    fn new() -> Self {
        Self::default()
    }

    fn set_body_type(&self, body_type: wit::BodyType) {
        self.0.borrow_mut().set_body(match body_type {
            wit::BodyType::EightBitMime => BodyType::EightBitMime,
            wit::BodyType::BinaryMime => BodyType::BinaryMime,
        });
    }

    fn set_smtputf8(&self, required: bool) {
        self.0.borrow_mut().set_smtputf8(required);
    }

    fn set_size(&self, octets: u64) {
        self.0.borrow_mut().set_size(octets);
    }

    fn set_dsn_contents(&self, contents: wit::DsnContents) {
        self.0.borrow_mut().set_dsn_contents(match contents {
            wit::DsnContents::Full => DsnContents::Full,
            wit::DsnContents::Headers => DsnContents::Headers,
        });
    }

    fn set_envelope_id(&self, id: String) -> Result<(), wit::Error> {
        self.set(|options| options.set_envelope_id(&id))
    }

    fn set_notify(
        &self,
        recipient: Option<String>,
        notify: wit::DsnNotify,
    ) -> Result<(), wit::Error> {
        let notify = Notify {
            never: notify.contains(wit::DsnNotify::NEVER),
            success: notify.contains(wit::DsnNotify::SUCCESS),
            failure: notify.contains(wit::DsnNotify::FAILURE),
            delay: notify.contains(wit::DsnNotify::DELAY),
        };
        self.set(|options| options.set_notify(recipient.as_deref(), notify))
    }

    fn set_original_recipient(
        &self,
        recipient: String,
        address_type: String,
        address: String,
    ) -> Result<(), wit::Error> {
        self.set(|options| options.set_original_recipient(&recipient, &address_type, &address))
    }

    fn set_require_tls(&self, required: bool) {
        self.0.borrow_mut().set_require_tls(required);
    }

    fn set_deliver_by(
        &self,
        seconds: i32,
        return_on_expiry: bool,
        trace: bool,
    ) -> Result<(), wit::Error> {
        self.set(|options| options.set_deliver_by(seconds, return_on_expiry, trace))
    }

    fn set_priority(&self, priority: i8) -> Result<(), wit::Error> {
        self.set(|options| options.set_priority(priority))
    }

    fn set_hold_for(&self, seconds: u32) -> Result<(), wit::Error> {
        self.set(|options| options.set_hold_for(seconds))
    }

    fn set_submitter(&self, identity: Option<String>) -> Result<(), wit::Error> {
        self.set(|options| options.set_submitter(identity.as_deref()))
    }

    fn add_parameter(&self, keyword: String, value: Option<String>) -> Result<(), wit::Error> {
        self.set(|options| options.add_parameter(&keyword, value.as_deref()))
    }

    fn add_recipient_parameter(
        &self,
        recipient: Option<String>,
        keyword: String,
        value: Option<String>,
    ) -> Result<(), wit::Error> {
        self.set(|options| {
            options.add_recipient_parameter(recipient.as_deref(), &keyword, value.as_deref())
        })
    }
}

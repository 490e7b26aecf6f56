//! The resource `options`, with a method for each function.

use wasmtime::component::ResourceAny;

use crate::resource::{Resource, call};
use crate::{BodyType, DsnContents, DsnNotify, Error, Instance};

/// Dropping it drops the resource.
pub struct Options<'a>(Resource<'a>);

impl<'a> Options<'a> {
    pub(crate) fn new(instance: &'a Instance, handle: ResourceAny) -> Options<'a> {
        Options(Resource::new(instance, handle))
    }

    pub(crate) fn handle(&self) -> ResourceAny {
        self.0.handle()
    }

    pub fn set_body_type(&self, body_type: BodyType) {
        call!(self, options.call_set_body_type(body_type))
    }

    pub fn set_smtputf8(&self, required: bool) {
        call!(self, options.call_set_smtputf8(required))
    }

    pub fn set_size(&self, octets: u64) {
        call!(self, options.call_set_size(octets))
    }

    pub fn set_dsn_contents(&self, contents: DsnContents) {
        call!(self, options.call_set_dsn_contents(contents))
    }

    pub fn set_envelope_id(&self, id: &str) -> Result<(), Error> {
        call!(self, options.call_set_envelope_id(&id))
    }

    pub fn set_notify(&self, recipient: Option<&str>, notify: DsnNotify) -> Result<(), Error> {
        let recipient = recipient.map(str::to_owned);
        call!(self, options.call_set_notify(recipient, notify))
    }

    pub fn set_original_recipient(
        &self,
        recipient: &str,
        address_type: &str,
        address: &str,
    ) -> Result<(), Error> {
        call!(
            self,
            options.call_set_original_recipient(&recipient, &address_type, &address)
        )
    }

    pub fn set_require_tls(&self, required: bool) {
        call!(self, options.call_set_require_tls(required))
    }

    pub fn set_deliver_by(&self, seconds: i32, returned: bool, trace: bool) -> Result<(), Error> {
        call!(self, options.call_set_deliver_by(seconds, returned, trace))
    }

    pub fn set_priority(&self, priority: i8) -> Result<(), Error> {
        call!(self, options.call_set_priority(priority))
    }

    pub fn set_hold_for(&self, seconds: u32) -> Result<(), Error> {
        call!(self, options.call_set_hold_for(seconds))
    }

    pub fn set_submitter(&self, identity: Option<&str>) -> Result<(), Error> {
        let identity = identity.map(str::to_owned);
        call!(self, options.call_set_submitter(identity))
    }

    pub fn add_parameter(&self, keyword: &str, value: Option<&str>) -> Result<(), Error> {
        let value = value.map(str::to_owned);
        call!(self, options.call_add_parameter(&keyword; value))
    }

    pub fn add_recipient_parameter(
        &self,
        recipient: Option<&str>,
        keyword: &str,
        value: Option<&str>,
    ) -> Result<(), Error> {
        let recipient = recipient.map(str::to_owned);
        let (keyword, value) = (keyword.to_owned(), value.map(str::to_owned));
        call!(
            self,
            options.call_add_recipient_parameter(recipient, keyword, value)
        )
    }
}

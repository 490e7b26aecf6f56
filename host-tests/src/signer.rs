//! The resource `signer`, with a method for each function.

use wasmtime::component::ResourceAny;

use crate::Instance;
use crate::resource::{Resource, call};

/// Dropping it drops the resource.
pub struct Signer<'a>(Resource<'a>);

impl<'a> Signer<'a> {
    pub(crate) fn new(instance: &'a Instance, handle: ResourceAny) -> Signer<'a> {
        Signer(Resource::new(instance, handle))
    }

    pub(crate) fn handle(&self) -> ResourceAny {
        self.0.handle()
    }

    pub fn set_headers(&self, names: &[&str]) -> Result<(), String> {
        let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        call!(self, signer.call_set_headers(names))
    }

    pub fn set_identity(&self, identity: &str) -> Result<(), String> {
        call!(self, signer.call_set_identity(&identity))
    }

    pub fn set_expiry(&self, seconds: Option<u32>) {
        call!(self, signer.call_set_expiry(seconds))
    }

    pub fn record_name(&self) -> String {
        call!(self, signer.call_record_name())
    }

    pub fn record_text(&self) -> String {
        call!(self, signer.call_record_text())
    }
}

//! The resource `signer`, with a method for each function.

use wasmtime::component::ResourceAny;

use crate::Instance;
use crate::resource::Resource;

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
        self.0.call_world(move |world, store, signer| {
            let dkim = world.envoi_mail_dkim();
            dkim.signer().call_set_headers(store, signer, &names)
        })
    }

    pub fn set_identity(&self, identity: &str) -> Result<(), String> {
        let identity = identity.to_owned();
        self.0.call_world(move |world, store, signer| {
            let dkim = world.envoi_mail_dkim();
            dkim.signer().call_set_identity(store, signer, &identity)
        })
    }

    pub fn set_expiry(&self, seconds: Option<u32>) {
        self.0.call_world(move |world, store, signer| {
            let dkim = world.envoi_mail_dkim();
            dkim.signer().call_set_expiry(store, signer, seconds)
        })
    }

    pub fn record_name(&self) -> String {
        self.0.call_world(|world, store, signer| {
            let dkim = world.envoi_mail_dkim();
            dkim.signer().call_record_name(store, signer)
        })
    }

    pub fn record_text(&self) -> String {
        self.0.call_world(|world, store, signer| {
            let dkim = world.envoi_mail_dkim();
            dkim.signer().call_record_text(store, signer)
        })
    }
}

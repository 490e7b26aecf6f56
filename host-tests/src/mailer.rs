//! The resource `mailer`, with a method for each of its functions.

use std::time::Duration;

use wasmtime::component::ResourceAny;

use crate::{
    Credentials, Envelope, Error, Instance, PasswordCredentials, Receipt, Roots, Security, Timeout,
    TranscriptLine,
};

/// Dropped when it is dropped.
pub struct Mailer<'a> {
    instance: &'a Instance,
    resource: ResourceAny,
}

/// Calls a function of the resource, with the arguments owned by the call.
macro_rules! call {
    ($mailer:expr, $function:ident $(, $argument:ident)*) => {{
        let resource = $mailer.resource;
        $mailer.instance.call(move |smtp, store| {
            smtp.mailer().$function(store, resource $(, $argument)*)
        })
    }};
    ($mailer:expr, $function:ident $(, & $argument:ident)*) => {{
        let resource = $mailer.resource;
        $(let $argument = $argument.to_owned();)*
        $mailer.instance.call(move |smtp, store| {
            smtp.mailer().$function(store, resource $(, &$argument)*)
        })
    }};
}

impl<'a> Mailer<'a> {
    pub(crate) fn new(instance: &'a Instance, resource: ResourceAny) -> Mailer<'a> {
        Mailer { instance, resource }
    }

    pub fn set_port(&self, port: u16) {
        call!(self, call_set_port, port)
    }

    pub fn set_security(&self, security: Security) {
        call!(self, call_set_security, security)
    }

    pub fn set_password(&self, username: &str, password: &str) {
        self.set_credentials(Some(Credentials::Password(PasswordCredentials {
            username: username.into(),
            password: password.into(),
            authorization_id: None,
        })));
    }

    pub fn set_credentials(&self, credentials: Option<Credentials>) {
        let resource = self.resource;
        self.instance.call(move |smtp, store| {
            smtp.mailer()
                .call_set_credentials(store, resource, credentials.as_ref())
        })
    }

    pub fn set_mechanisms(&self, mechanisms: &[&str]) -> Result<(), Error> {
        let mechanisms: Vec<String> = mechanisms.iter().map(|name| name.to_string()).collect();
        call!(self, call_set_mechanisms, &mechanisms)
    }

    pub fn set_local_name(&self, name: &str) -> Result<(), Error> {
        call!(self, call_set_local_name, &name)
    }

    pub fn set_timeout(&self, timeout: Timeout, limit: Duration) {
        let limit = limit.as_nanos() as u64;
        call!(self, call_set_timeout, timeout, limit)
    }

    pub fn set_partial_delivery(&self, allowed: bool) {
        call!(self, call_set_partial_delivery, allowed)
    }

    pub fn set_server_name(&self, name: &str) -> Result<(), Error> {
        call!(self, call_set_server_name, &name)
    }

    pub fn set_roots(&self, roots: Roots) {
        call!(self, call_set_roots, roots)
    }

    pub fn add_trust_anchors(&self, certificates: &[u8]) -> Result<(), Error> {
        call!(self, call_add_trust_anchors, &certificates)
    }

    pub fn send(&self, envelope: &Envelope, message: &[u8]) -> Result<Receipt, Error> {
        call!(self, call_send, &envelope, &message)
    }

    pub fn close(&self) {
        call!(self, call_close)
    }

    pub fn set_transcript(&self, lines: u32) {
        call!(self, call_set_transcript, lines)
    }

    pub fn transcript(&self) -> Vec<TranscriptLine> {
        call!(self, call_transcript)
    }
}

impl Drop for Mailer<'_> {
    fn drop(&mut self) {
        // A call that has panicked leaves nothing to drop it in.
        if !std::thread::panicking() {
            let resource = self.resource;
            self.instance
                .call(move |_, store| resource.resource_drop(store));
        }
    }
}

//! The resource `client`, with a method for each function.

use wasmtime::component::ResourceAny;

use crate::resource::{Resource, call};
use crate::{
    AuthStep, Credentials, Envelope, Error, Instance, MessageWriter, Options, Receipt, Reply,
    TlsState,
};

/// Dropping it drops the resource.
pub struct Session<'a>(Resource<'a>);

impl<'a> Session<'a> {
    pub(crate) fn new(instance: &'a Instance, handle: ResourceAny) -> Session<'a> {
        Session(Resource::new(instance, handle))
    }

    pub fn greeting(&self) -> Reply {
        call!(self, session.call_greeting())
    }

    pub fn hello(&self, local_name: &str) -> Result<Reply, Error> {
        call!(self, session.call_hello(&local_name))
    }

    pub fn extension(&self, keyword: &str) -> Option<String> {
        call!(self, session.call_extension(&keyword))
    }

    pub fn extensions(&self) -> Vec<(String, String)> {
        call!(self, session.call_extensions())
    }

    pub fn start_tls(&self) -> Result<(), Error> {
        call!(self, session.call_start_tls())
    }

    pub fn tls(&self) -> Option<TlsState> {
        call!(self, session.call_tls())
    }

    pub fn authenticate(&self, credentials: &Credentials) -> Result<Reply, Error> {
        call!(self, session.call_authenticate(&credentials))
    }

    pub fn auth_start(&self, mechanism: &str, initial: Option<&[u8]>) -> Result<AuthStep, Error> {
        let initial = initial.map(<[u8]>::to_vec);
        call!(self, session.call_auth_start(&mechanism; initial))
    }

    pub fn auth_respond(&self, response: &[u8]) -> Result<AuthStep, Error> {
        call!(self, session.call_auth_respond(&response))
    }

    pub fn auth_cancel(&self) -> Result<Reply, Error> {
        call!(self, session.call_auth_cancel())
    }

    pub fn mail(&self, sender: Option<&str>) -> Result<Reply, Error> {
        self.mail_with(None, sender)
    }

    pub fn mail_with(
        &self,
        options: Option<&Options>,
        sender: Option<&str>,
    ) -> Result<Reply, Error> {
        let options = options.map(Options::handle);
        let sender = sender.map(str::to_owned);
        call!(self, session.call_mail(sender, options))
    }

    pub fn rcpt(&self, recipient: &str) -> Result<Reply, Error> {
        self.rcpt_with(None, recipient)
    }

    pub fn rcpt_with(&self, options: Option<&Options>, recipient: &str) -> Result<Reply, Error> {
        let options = options.map(Options::handle);
        call!(self, session.call_rcpt(&recipient; options))
    }

    pub fn data(&self) -> Result<MessageWriter<'a>, Error> {
        let handle = call!(self, session.call_data())?;
        Ok(MessageWriter::new(self.0.instance(), handle))
    }

    pub fn send(&self, envelope: &Envelope, message: &[u8]) -> Result<Receipt, Error> {
        let options = None;
        call!(self, session.call_send(&envelope, &message; options))
    }

    pub fn reset(&self) -> Result<Reply, Error> {
        call!(self, session.call_reset())
    }

    pub fn noop(&self) -> Result<Reply, Error> {
        call!(self, session.call_noop())
    }

    pub fn verify(&self, address: &str) -> Result<Reply, Error> {
        call!(self, session.call_verify(&address))
    }

    pub fn expand(&self, name: &str) -> Result<Reply, Error> {
        call!(self, session.call_expand(&name))
    }

    pub fn help(&self, topic: Option<&str>) -> Result<Reply, Error> {
        let topic = topic.map(str::to_owned);
        call!(self, session.call_help(topic))
    }

    pub fn command(&self, line: &str) -> Result<Reply, Error> {
        call!(self, session.call_command(&line))
    }

    pub fn quit(self) -> Result<Reply, Error> {
        let result = call!(self, session.call_quit());
        self.0.forget();
        result
    }
}

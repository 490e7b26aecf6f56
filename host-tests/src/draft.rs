//! The resource `draft`, with a method for each function.

use tokio::io::AsyncRead;
use wasmtime::component::ResourceAny;

use crate::resource::{Resource, ask, call};
use crate::{Address, Attachment, Composed, Instance, Invalid};

/// Dropping it drops the resource.
pub struct Draft<'a>(Resource<'a>);

impl<'a> Draft<'a> {
    pub(crate) fn new(instance: &'a Instance, handle: ResourceAny) -> Draft<'a> {
        Draft(Resource::new(instance, handle))
    }

    pub(crate) fn handle(&self) -> ResourceAny {
        self.0.handle()
    }

    pub fn set_from(&self, authors: &[Address]) -> Result<(), Invalid> {
        call!(self, draft.call_set_from(&authors))
    }

    pub fn set_sender(&self, sender: &Address) -> Result<(), Invalid> {
        call!(self, draft.call_set_sender(&sender))
    }

    pub fn set_reply_to(&self, to: &[Address]) -> Result<(), Invalid> {
        call!(self, draft.call_set_reply_to(&to))
    }

    pub fn set_to(&self, to: &[Address]) -> Result<(), Invalid> {
        call!(self, draft.call_set_to(&to))
    }

    pub fn set_cc(&self, cc: &[Address]) -> Result<(), Invalid> {
        call!(self, draft.call_set_cc(&cc))
    }

    pub fn set_bcc(&self, bcc: &[Address]) -> Result<(), Invalid> {
        call!(self, draft.call_set_bcc(&bcc))
    }

    pub fn add_group(&self, name: &str, members: &[Address]) -> Result<(), Invalid> {
        call!(self, draft.call_add_group(&name, &members))
    }

    pub fn set_return_path(&self, mailbox: Option<&str>) -> Result<(), Invalid> {
        let mailbox = mailbox.map(str::to_owned);
        call!(self, draft.call_set_return_path(mailbox))
    }

    pub fn set_subject(&self, subject: &str) -> Result<(), Invalid> {
        call!(self, draft.call_set_subject(&subject))
    }

    pub fn set_text(&self, text: &str) {
        call!(self, draft.call_set_text(&text))
    }

    pub fn set_html(&self, html: &str) {
        call!(self, draft.call_set_html(&html))
    }

    pub fn add_alternative(&self, content_type: &str, content: &[u8]) -> Result<(), Invalid> {
        call!(self, draft.call_add_alternative(&content_type, &content))
    }

    pub fn attach(&self, attachment: &Attachment) -> Result<(), Invalid> {
        call!(self, draft.call_attach(&attachment))
    }

    pub fn set_date(&self, seconds: i64, offset: i16) -> Result<(), Invalid> {
        call!(self, draft.call_set_date(seconds, offset))
    }

    pub fn set_message_id(&self, id: &str) -> Result<(), Invalid> {
        call!(self, draft.call_set_message_id(&id))
    }

    pub fn set_reply(&self, in_reply_to: &str, references: &[String]) -> Result<(), Invalid> {
        call!(self, draft.call_set_reply(&in_reply_to, &references))
    }

    pub fn set_unsubscribe(&self, urls: &[String], one_click: bool) -> Result<(), Invalid> {
        call!(self, draft.call_set_unsubscribe(&urls; one_click))
    }

    pub fn add_header(&self, name: &str, text: &str) -> Result<(), Invalid> {
        call!(self, draft.call_add_header(&name, &text))
    }

    pub fn compose(&self) -> Result<Composed, Invalid> {
        call!(self, draft.call_compose())
    }

    pub fn attach_from(
        &self,
        name: &str,
        content_type: &str,
        content: impl AsyncRead + Send + Unpin + 'static,
    ) -> Result<(), Invalid> {
        self.attach_from_with_id(Some(name), content_type, None, content)
    }

    #[cfg(feature = "p3")]
    pub fn attach_from_with_length(
        &self,
        name: &str,
        content_type: &str,
        content: impl AsyncRead + Send + Unpin + 'static,
        length: Option<u64>,
    ) -> Result<(), Invalid> {
        self.attach_stream(Some(name), content_type, None, content, length)
    }

    #[cfg(feature = "p3")]
    pub fn attach_from_with_id(
        &self,
        name: Option<&str>,
        content_type: &str,
        id: Option<&str>,
        content: impl AsyncRead + Send + Unpin + 'static,
    ) -> Result<(), Invalid> {
        self.attach_stream(name, content_type, id, content, None)
    }

    #[cfg(feature = "p3")]
    fn attach_stream(
        &self,
        name: Option<&str>,
        content_type: &str,
        id: Option<&str>,
        content: impl AsyncRead + Send + Unpin + 'static,
        length: Option<u64>,
    ) -> Result<(), Invalid> {
        let (name, content_type) = (name.map(str::to_owned), content_type.to_owned());
        let id = id.map(str::to_owned);
        let (instance, draft) = (self.0.instance(), self.0.handle());
        ask!(instance, |world| world.envoi_mail_smtp_streams(), call_attach_from(draft, name, content_type, id; content; length))
    }

    /// A function of the interface `smtp-streams`, which takes no length.
    #[cfg(not(feature = "p3"))]
    pub fn attach_from_with_id(
        &self,
        name: Option<&str>,
        content_type: &str,
        id: Option<&str>,
        content: impl AsyncRead + Send + Unpin + 'static,
    ) -> Result<(), Invalid> {
        let (name, content_type) = (name.map(str::to_owned), content_type.to_owned());
        let id = id.map(str::to_owned);
        let (instance, draft) = (self.0.instance(), self.0.handle());
        ask!(instance, |world| world.envoi_mail_smtp_streams(), call_attach_from(draft, name, content_type, id; content))
    }
}

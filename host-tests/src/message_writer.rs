//! The resource `message`, with a method for each function.

use tokio::io::AsyncRead;
#[cfg(not(feature = "p3"))]
use wasmtime::component::Resource as Handle;
use wasmtime::component::ResourceAny;

use crate::resource::{Resource, call};
#[cfg(feature = "p3")]
use crate::resource::{ask, functions};
#[cfg(not(feature = "p3"))]
use crate::streams;
use crate::{Error, Instance, Receipt, RecipientReply};

/// Dropping it drops the resource.
pub struct MessageWriter<'a>(pub(crate) Resource<'a>);

impl<'a> MessageWriter<'a> {
    pub(crate) fn new(instance: &'a Instance, handle: ResourceAny) -> MessageWriter<'a> {
        MessageWriter(Resource::new(instance, handle))
    }

    pub fn refused(&self) -> Vec<RecipientReply> {
        call!(self, message_writer.call_refused())
    }

    pub fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        call!(self, message_writer.call_write(&bytes))
    }

    pub fn finish(self) -> Result<Receipt, Error> {
        let result = call!(self, message_writer.call_finish());
        self.0.forget();
        result
    }

    /// A function of the interface `smtp-streams`, which borrows the stream.
    #[cfg(not(feature = "p3"))]
    pub fn write_from(
        &self,
        source: impl AsyncRead + Send + Unpin + 'static,
    ) -> Result<u64, Error> {
        let message = self.0.handle();
        self.0.instance().call(move |world, store| {
            let source = streams::input(store, source)?;
            let streams = world.envoi_mail_smtp_streams();
            let result =
                streams.call_write_from(&mut *store, message, Handle::new_borrow(source.rep()));
            streams::drop_input(store, source)?;
            result
        })
    }

    #[cfg(feature = "p3")]
    pub fn write_from(
        &self,
        source: impl AsyncRead + Send + Unpin + 'static,
    ) -> Result<u64, Error> {
        let message = self.0.handle();
        ask!(self.0.instance(), |world| functions!(world, message_writer), call_write_from(message; source))
    }
}

//! The resource `message`, with a method for each function.

use wasmtime::component::{Resource as Handle, ResourceAny};
use wasmtime_wasi::p2::InputStream;

use crate::resource::{Resource, call};
use crate::{Error, Instance, Receipt, RecipientReply, streams};

/// Dropping it drops the resource.
pub struct MessageWriter<'a>(Resource<'a>);

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
        self.0
            .consume(|smtp, store, message| smtp.message_writer().call_finish(store, message))
    }

    /// A function of the interface `smtp-streams`.
    pub fn write_from(&self, source: impl InputStream + 'static) -> Result<u64, Error> {
        self.0.call_world(move |world, store, message| {
            let source = streams::input(store, source)?;
            let streams = world.envoi_mail_smtp_streams();
            let result =
                streams.call_write_from(&mut *store, message, Handle::new_borrow(source.rep()));
            streams::drop_input(store, source)?;
            result
        })
    }
}

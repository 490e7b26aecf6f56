//! What a mailer has in `smtp-async` alone: its pool of connections, and messages from streams.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::AsyncRead;
use tokio::sync::oneshot;
use wasmtime::StoreContextMut;
use wasmtime::component::{FutureConsumer, FutureReader, Lift, Source};

use crate::instance::State;
use crate::resource::{ask, begin, call, functions};
use crate::{Envelope, Error, Instance, Mailer, MessageWriter, Pending, Receipt, RecipientReply};

impl<'a> Mailer<'a> {
    pub fn set_connections(&self, limit: u32) {
        call!(self, mailer.call_set_connections(limit))
    }

    /// Messages a minute.
    pub fn set_rate_limits(&self, total: Option<u32>, connection: Option<u32>) {
        call!(self, mailer.call_set_rate_limits(total, connection))
    }

    pub fn set_waiting_limit(&self, calls: u32) {
        call!(self, mailer.call_set_waiting_limit(calls))
    }

    pub fn begin_send(
        &self,
        envelope: &Envelope,
        message: &[u8],
    ) -> Pending<'a, Result<Receipt, Error>> {
        let (mailer, envelope, message) = (self.0.handle(), envelope.clone(), message.to_vec());
        let (instance, options) = (self.0.instance(), None);
        begin!(
            instance,
            |world| functions!(world, mailer),
            call_send(mailer, envelope, message, options)
        )
    }

    pub fn begin_close(&self) -> Pending<'a, ()> {
        let (instance, mailer) = (self.0.instance(), self.0.handle());
        begin!(
            instance,
            |world| functions!(world, mailer),
            call_close(mailer)
        )
    }

    pub fn send_stream(
        &self,
        envelope: &Envelope,
        content: impl AsyncRead + Send + Unpin + 'static,
        length: Option<u64>,
    ) -> Result<Receipt, Error> {
        let (mailer, envelope, options) = (self.0.handle(), envelope.clone(), None);
        ask!(
            self.0.instance(),
            |world| functions!(world, mailer),
            call_send_stream(mailer, envelope; content; length, options)
        )
    }

    pub fn start_stream(
        &self,
        envelope: &Envelope,
        content: impl AsyncRead + Send + Unpin + 'static,
        length: Option<u64>,
    ) -> Result<StartedMessage<'a>, Error> {
        let (mailer, envelope, options) = (self.0.handle(), envelope.clone(), None);
        let started = ask!(
            self.0.instance(),
            |world| functions!(world, mailer),
            call_start_stream(mailer, envelope; content; length, options)
        )?;
        Ok(StartedMessage {
            instance: self.0.instance(),
            refused: started.refused,
            receipt: started.receipt,
        })
    }
}

impl<'a> MessageWriter<'a> {
    pub fn begin_write_from(
        &self,
        source: impl AsyncRead + Send + Unpin + 'static,
    ) -> Pending<'a, Result<u64, Error>> {
        let (instance, message) = (self.0.instance(), self.0.handle());
        begin!(instance, |world| functions!(world, message_writer), call_write_from(message; source))
    }
}

/// A message whose envelope is answered.
pub struct StartedMessage<'a> {
    instance: &'a Instance,
    pub refused: Vec<RecipientReply>,
    receipt: FutureReader<Result<Receipt, Error>>,
}

impl StartedMessage<'_> {
    /// Waits for it.
    pub fn receipt(self) -> Result<Receipt, Error> {
        self.instance.call(|_, accessor| {
            Box::pin(async move {
                let (sender, receipt) = oneshot::channel();
                let receiver = Receiver(Some(sender));
                accessor.with(|store| self.receipt.pipe(store, receiver))?;
                Ok(receipt.await?)
            })
        })
    }
}

/// Passes a future's value on.
struct Receiver<T>(Option<oneshot::Sender<T>>);

impl<T: Lift + Send + 'static> FutureConsumer<State> for Receiver<T> {
    type Item = T;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        store: StoreContextMut<State>,
        mut source: Source<'_, T>,
        _: bool,
    ) -> Poll<wasmtime::Result<()>> {
        let mut value = None;
        source.read(store, &mut value)?;
        if let (Some(sender), Some(value)) = (self.0.take(), value) {
            // The caller may have given up.
            let _ = sender.send(value);
        }
        Poll::Ready(Ok(()))
    }
}

//! Streams of the host for the component: WASI 0.3.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::BytesMut;
use tokio::io::{AsyncRead, ReadBuf};
use wasmtime::StoreContextMut;
use wasmtime::component::{Accessor, Destination, StreamProducer, StreamReader, StreamResult};

use crate::instance::State;

/// The octets of a read by the host. The component says itself how many it wants.
const CAPACITY: usize = 8 * 1024;

/// Ends when the source ends or fails: a stream cannot tell why.
struct Producer<R>(R);

/// A stream with the octets of `source`.
pub(crate) fn stream(
    accessor: &Accessor<State>,
    source: impl AsyncRead + Send + Unpin + 'static,
) -> wasmtime::Result<StreamReader<u8>> {
    accessor.with(|store| StreamReader::new(store, Producer(source)))
}

impl<R: AsyncRead + Send + Unpin + 'static> StreamProducer<State> for Producer<R> {
    type Item = u8;
    type Buffer = BytesMut;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'a, State>,
        destination: Destination<'a, u8, BytesMut>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        if destination.remaining(&mut store) == Some(0) {
            // Asks whether octets are there. A source does not say so without a read.
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        let mut destination = destination.as_direct(store, CAPACITY);
        let mut buffer = ReadBuf::new(destination.remaining());
        let read = Pin::new(&mut self.0).poll_read(context, &mut buffer);
        let octets = buffer.filled().len();
        destination.mark_written(octets);
        Poll::Ready(Ok(match read {
            Poll::Pending if finish => StreamResult::Cancelled,
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(())) if octets > 0 => StreamResult::Completed,
            Poll::Ready(_) => StreamResult::Dropped,
        }))
    }
}

//! Streams of the host for the component: WASI 0.2.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use tokio::io::AsyncRead;
use tokio::net::tcp::OwnedWriteHalf;
use wasmtime::Store;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::pipe::{AsyncReadStream, AsyncWriteStream};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, OutputStream, Pollable, StreamResult};
use wasmtime_wasi::runtime::with_ambient_tokio_runtime;

use crate::instance::State;

/// Octets that the host accepts from the component before they are on the network.
const WRITE_BUDGET: usize = 64 * 1024;

pub(crate) type Input = Resource<DynInputStream>;
pub(crate) type Output = Resource<DynOutputStream>;

pub(crate) fn input(
    store: &mut Store<State>,
    source: impl AsyncRead + Send + Unpin + 'static,
) -> wasmtime::Result<Input> {
    let stream: DynInputStream = Box::new(AsyncReadStream::new(source));
    Ok(store.data_mut().table.push(stream)?)
}

pub(crate) fn drop_input(store: &mut Store<State>, input: Input) -> wasmtime::Result<()> {
    store.data_mut().table.delete(input)?;
    Ok(())
}

/// A stream that accepts a GiB at once, as sockets in wasmtime up to version 47 do. It records the
/// largest write.
struct LargeBudgetStream {
    stream: AsyncWriteStream,
    largest: Arc<AtomicUsize>,
}

#[wasmtime_wasi::async_trait]
impl Pollable for LargeBudgetStream {
    async fn ready(&mut self) {
        self.stream.ready().await
    }
}

#[wasmtime_wasi::async_trait]
impl OutputStream for LargeBudgetStream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.largest.fetch_max(bytes.len(), Ordering::Relaxed);
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.stream.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.stream.check_write()
    }

    async fn cancel(&mut self) {
        self.stream.cancel().await
    }
}

/// Both streams of a connection; the output accepts a GiB at once. `largest` receives the size of the
/// largest write.
pub(crate) fn with_large_write_budget(
    store: &mut Store<State>,
    connection: TcpStream,
    largest: Arc<AtomicUsize>,
) -> wasmtime::Result<(Input, Output)> {
    let (input, writer) = split(store, connection)?;
    let output: DynOutputStream = Box::new(LargeBudgetStream {
        stream: AsyncWriteStream::new(1 << 30, writer),
        largest,
    });
    Ok((input, store.data_mut().table.push(output)?))
}

/// Both streams of a connection.
pub(crate) fn from_connection(
    store: &mut Store<State>,
    connection: TcpStream,
) -> wasmtime::Result<(Input, Output)> {
    let (input, writer) = split(store, connection)?;
    let output: DynOutputStream = Box::new(AsyncWriteStream::new(WRITE_BUDGET, writer));
    Ok((input, store.data_mut().table.push(output)?))
}

fn split(
    store: &mut Store<State>,
    connection: TcpStream,
) -> wasmtime::Result<(Input, OwnedWriteHalf)> {
    connection.set_nonblocking(true)?;
    let connection = with_ambient_tokio_runtime(|| tokio::net::TcpStream::from_std(connection))?;
    let (reader, writer) = connection.into_split();
    Ok((input(store, reader)?, writer))
}

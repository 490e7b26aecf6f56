//! Streams of the host's that the component is handed.

use std::net::TcpStream;

use wasmtime::Store;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::pipe::{AsyncReadStream, AsyncWriteStream};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, InputStream};
use wasmtime_wasi::runtime::with_ambient_tokio_runtime;

use crate::instance::State;

/// Octets that the host takes of the component before they are on the wire.
const WRITE_BUDGET: usize = 64 * 1024;

pub(crate) type Input = Resource<DynInputStream>;
pub(crate) type Output = Resource<DynOutputStream>;

pub(crate) fn input(
    store: &mut Store<State>,
    stream: impl InputStream + 'static,
) -> wasmtime::Result<Input> {
    let stream: DynInputStream = Box::new(stream);
    Ok(store.data_mut().table.push(stream)?)
}

pub(crate) fn drop_input(store: &mut Store<State>, input: Input) -> wasmtime::Result<()> {
    store.data_mut().table.delete(input)?;
    Ok(())
}

/// Both ways of a connection that the host has made.
pub(crate) fn of_connection(
    store: &mut Store<State>,
    connection: TcpStream,
) -> wasmtime::Result<(Input, Output)> {
    connection.set_nonblocking(true)?;
    let connection = with_ambient_tokio_runtime(|| tokio::net::TcpStream::from_std(connection))?;
    let (reader, writer) = connection.into_split();
    let input = input(store, AsyncReadStream::new(reader))?;
    let output: DynOutputStream = Box::new(AsyncWriteStream::new(WRITE_BUDGET, writer));
    Ok((input, store.data_mut().table.push(output)?))
}

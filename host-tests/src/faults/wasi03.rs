//! The functions of WASI 0.3 that can fail.

use std::iter;

use wasmtime::StoreContextMut;
use wasmtime::component::{
    Access, Accessor, FutureReader, Linker, LinkerInstance, Resource, StreamReader,
};
use wasmtime_wasi::TrappableError;
use wasmtime_wasi::p3::bindings::sockets::ip_name_lookup::{self, HostWithStore as _};
use wasmtime_wasi::p3::bindings::sockets::types::{
    ErrorCode, HostTcpSocket as _, HostTcpSocketWithStore as _, IpAddressFamily, IpSocketAddress,
    TcpSocket,
};
use wasmtime_wasi::sockets::{WasiSockets, WasiSocketsView as _};

use super::{Code, Faults, named};
use crate::instance::State;

/// A function that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Lookup,
    CreateSocket,
    Connect,
    LocalAddress,
    Receive,
    Send,
}

impl Function {
    pub const ALL: [Function; 6] = [
        Function::Lookup,
        Function::CreateSocket,
        Function::Connect,
        Function::LocalAddress,
        Function::Receive,
        Function::Send,
    ];

    /// All codes with which it can fail.
    pub fn codes(self) -> Vec<Code> {
        match self {
            Function::Lookup => lookup_codes().iter().map(|(name, _)| *name).collect(),
            _ => codes().iter().map(|(name, _)| *name).collect(),
        }
    }
}

fn codes() -> [(Code, ErrorCode); 16] {
    [
        ("access-denied", ErrorCode::AccessDenied),
        ("not-supported", ErrorCode::NotSupported),
        ("invalid-argument", ErrorCode::InvalidArgument),
        ("out-of-memory", ErrorCode::OutOfMemory),
        ("timeout", ErrorCode::Timeout),
        ("invalid-state", ErrorCode::InvalidState),
        ("address-not-bindable", ErrorCode::AddressNotBindable),
        ("address-in-use", ErrorCode::AddressInUse),
        ("remote-unreachable", ErrorCode::RemoteUnreachable),
        ("connection-refused", ErrorCode::ConnectionRefused),
        ("connection-broken", ErrorCode::ConnectionBroken),
        ("connection-reset", ErrorCode::ConnectionReset),
        ("connection-aborted", ErrorCode::ConnectionAborted),
        ("datagram-too-large", ErrorCode::DatagramTooLarge),
        ("other", ErrorCode::Other(None)),
        (
            "other, in words",
            ErrorCode::Other(Some("\r\nQUIT\0".repeat(1000))),
        ),
    ]
}

fn lookup_codes() -> [(Code, ip_name_lookup::ErrorCode); 7] {
    use ip_name_lookup::ErrorCode;
    [
        ("access-denied", ErrorCode::AccessDenied),
        ("invalid-argument", ErrorCode::InvalidArgument),
        ("name-unresolvable", ErrorCode::NameUnresolvable),
        (
            "temporary-resolver-failure",
            ErrorCode::TemporaryResolverFailure,
        ),
        (
            "permanent-resolver-failure",
            ErrorCode::PermanentResolverFailure,
        ),
        ("other", ErrorCode::Other(None)),
        (
            "other, in words",
            ErrorCode::Other(Some("\r\nQUIT\0".repeat(1000))),
        ),
    ]
}

/// Puts itself before the functions of the host.
pub(crate) fn add_to_linker(linker: &mut Linker<State>, faults: &Faults) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let f = faults.clone();
    linker
        .instance("wasi:sockets/ip-name-lookup@0.3.0")?
        .func_wrap_concurrent(
            "resolve-addresses",
            move |accessor: &Accessor<State>, (name,): (String,)| {
                let fault = f.of(Function::Lookup);
                Box::pin(async move {
                    if let Some(code) = fault {
                        return Ok((Err(named(&lookup_codes(), code)),));
                    }
                    let sockets = accessor.with_getter::<WasiSockets>(State::sockets);
                    Ok((WasiSockets::resolve_addresses(&sockets, name).await?,))
                })
            },
        )?;
    let sockets = &mut linker.instance("wasi:sockets/types@0.3.0")?;
    add_calls(sockets, faults)?;
    add_streams(sockets, faults)
}

type Interface<'a> = LinkerInstance<'a, State>;
type Store<'a> = StoreContextMut<'a, State>;
type Answer<T, E> = wasmtime::Result<(Result<T, E>,)>;

fn add_calls(interface: &mut Interface, faults: &Faults) -> wasmtime::Result<()> {
    let f = faults.clone();
    interface.func_wrap(
        "[static]tcp-socket.create",
        move |mut store: Store, (family,): (IpAddressFamily,)| match f.of(Function::CreateSocket) {
            Some(code) => Ok((Err(named(&codes(), code)),)),
            None => answer(store.data_mut().sockets().create(family)),
        },
    )?;
    let f = faults.clone();
    interface.func_wrap(
        "[method]tcp-socket.get-local-address",
        move |mut store: Store, (this,): (Resource<TcpSocket>,)| match f.of(Function::LocalAddress)
        {
            Some(code) => Ok((Err(named(&codes(), code)),)),
            None => answer(store.data_mut().sockets().get_local_address(this)),
        },
    )?;
    let f = faults.clone();
    interface.func_wrap_concurrent(
        "[method]tcp-socket.connect",
        move |accessor: &Accessor<State>,
              (this, address): (Resource<TcpSocket>, IpSocketAddress)| {
            let fault = f.of(Function::Connect);
            Box::pin(async move {
                if let Some(code) = fault {
                    return Ok((Err(named(&codes(), code)),));
                }
                let sockets = accessor.with_getter::<WasiSockets>(State::sockets);
                answer(WasiSockets::connect(&sockets, this, address).await)
            })
        },
    )
}

/// The streams of a connection end at once if they fail.
fn add_streams(interface: &mut Interface, faults: &Faults) -> wasmtime::Result<()> {
    let f = faults.clone();
    interface.func_wrap(
        "[method]tcp-socket.receive",
        move |mut store: Store, (this,): (Resource<TcpSocket>,)| {
            if let Some(code) = f.of(Function::Receive) {
                let error = named(&codes(), code);
                let end = async move { wasmtime::error::Ok(Err::<(), _>(error)) };
                let stream = StreamReader::new(&mut store, iter::empty::<u8>())?;
                return Ok(((stream, FutureReader::new(&mut store, end)?),));
            }
            let access = Access::<State, WasiSockets>::new(store, State::sockets);
            Ok((WasiSockets::receive(access, this)?,))
        },
    )?;
    let f = faults.clone();
    interface.func_wrap(
        "[method]tcp-socket.send",
        move |mut store: Store, (this, mut data): (Resource<TcpSocket>, StreamReader<u8>)| {
            if let Some(code) = f.of(Function::Send) {
                let error = named(&codes(), code);
                data.close(&mut store)?;
                let end = async move { wasmtime::error::Ok(Err::<(), _>(error)) };
                return Ok((FutureReader::new(&mut store, end)?,));
            }
            let access = Access::<State, WasiSockets>::new(store, State::sockets);
            Ok((WasiSockets::send(access, this, data)?,))
        },
    )
}

fn answer<T, E>(result: Result<T, TrappableError<E>>) -> Answer<T, E>
where
    E: std::error::Error + Send + Sync + 'static,
{
    match result {
        Ok(value) => Ok((Ok(value),)),
        Err(error) => Ok((Err(error.downcast()?),)),
    }
}

//! The functions of WASI 0.2 that can fail.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, LinkerInstance, Resource};
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup::{
    Host as _, HostResolveAddressStream as _, ResolveAddressStream,
};
use wasmtime_wasi::p2::bindings::sockets::network::{
    ErrorCode, IpAddressFamily, IpSocketAddress, Network,
};
use wasmtime_wasi::p2::bindings::sockets::tcp::{HostTcpSocket as _, ShutdownType, TcpSocket};
use wasmtime_wasi::p2::bindings::sockets::tcp_create_socket::Host as _;
use wasmtime_wasi::p2::bindings::sync::io::streams::{
    self, Host as _, HostInputStream as _, HostOutputStream as _, InputStream, OutputStream,
};
use wasmtime_wasi::p2::{SocketError, StreamError};
use wasmtime_wasi::sockets::WasiSocketsView as _;

use super::{Code, Faults, named};
use crate::instance::State;

/// A function that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Lookup,
    NextAddress,
    CreateSocket,
    StartConnect,
    FinishConnect,
    LocalAddress,
    Shutdown,
    Read,
    CheckWrite,
    Write,
}

impl Function {
    pub const ALL: [Function; 10] = [
        Function::Lookup,
        Function::NextAddress,
        Function::CreateSocket,
        Function::StartConnect,
        Function::FinishConnect,
        Function::LocalAddress,
        Function::Shutdown,
        Function::Read,
        Function::CheckWrite,
        Function::Write,
    ];

    /// All codes with which it can fail.
    pub fn codes(self) -> Vec<Code> {
        match self {
            Function::Read | Function::CheckWrite | Function::Write => vec![CLOSED, BROKEN],
            _ => CODES.iter().map(|(name, _)| *name).collect(),
        }
    }
}

const CLOSED: Code = "closed";
const BROKEN: Code = "last-operation-failed";

const CODES: [(Code, ErrorCode); 21] = [
    ("unknown", ErrorCode::Unknown),
    ("access-denied", ErrorCode::AccessDenied),
    ("not-supported", ErrorCode::NotSupported),
    ("invalid-argument", ErrorCode::InvalidArgument),
    ("out-of-memory", ErrorCode::OutOfMemory),
    ("timeout", ErrorCode::Timeout),
    ("concurrency-conflict", ErrorCode::ConcurrencyConflict),
    ("not-in-progress", ErrorCode::NotInProgress),
    ("would-block", ErrorCode::WouldBlock),
    ("invalid-state", ErrorCode::InvalidState),
    ("new-socket-limit", ErrorCode::NewSocketLimit),
    ("address-not-bindable", ErrorCode::AddressNotBindable),
    ("address-in-use", ErrorCode::AddressInUse),
    ("remote-unreachable", ErrorCode::RemoteUnreachable),
    ("connection-refused", ErrorCode::ConnectionRefused),
    ("connection-reset", ErrorCode::ConnectionReset),
    ("connection-aborted", ErrorCode::ConnectionAborted),
    ("datagram-too-large", ErrorCode::DatagramTooLarge),
    ("name-unresolvable", ErrorCode::NameUnresolvable),
    (
        "temporary-resolver-failure",
        ErrorCode::TemporaryResolverFailure,
    ),
    (
        "permanent-resolver-failure",
        ErrorCode::PermanentResolverFailure,
    ),
];

/// Puts itself before the functions of the host.
pub(crate) fn add_to_linker(linker: &mut Linker<State>, faults: &Faults) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    add_lookup(
        &mut linker.instance("wasi:sockets/ip-name-lookup@0.2.12")?,
        faults,
    )?;
    add_sockets(linker, faults)?;
    add_streams(&mut linker.instance("wasi:io/streams@0.2.12")?, faults)
}

type Interface<'a> = LinkerInstance<'a, State>;
type Store<'a> = StoreContextMut<'a, State>;
type Answer<T> = wasmtime::Result<(Result<T, ErrorCode>,)>;

fn add_lookup(interface: &mut Interface, faults: &Faults) -> wasmtime::Result<()> {
    let f = faults.clone();
    interface.func_wrap(
        "resolve-addresses",
        move |mut store: Store, (network, name): (Resource<Network>, String)| {
            let sockets = &mut store.data_mut().sockets();
            f.answer(Function::Lookup, || {
                sockets.resolve_addresses(network, name)
            })
        },
    )?;
    let f = faults.clone();
    interface.func_wrap(
        "[method]resolve-address-stream.resolve-next-address",
        move |mut store: Store, (stream,): (Resource<ResolveAddressStream>,)| {
            let sockets = &mut store.data_mut().sockets();
            f.answer(Function::NextAddress, || {
                sockets.resolve_next_address(stream)
            })
        },
    )
}

fn add_sockets(linker: &mut Linker<State>, faults: &Faults) -> wasmtime::Result<()> {
    let f = faults.clone();
    linker
        .instance("wasi:sockets/tcp-create-socket@0.2.12")?
        .func_wrap(
            "create-tcp-socket",
            move |mut store: Store, (family,): (IpAddressFamily,)| {
                let sockets = &mut store.data_mut().sockets();
                f.answer(Function::CreateSocket, || sockets.create_tcp_socket(family))
            },
        )?;
    let tcp = &mut linker.instance("wasi:sockets/tcp@0.2.12")?;
    let f = faults.clone();
    tcp.func_wrap(
        "[method]tcp-socket.start-connect",
        move |mut store: Store,
              (this, network, address): (
            Resource<TcpSocket>,
            Resource<Network>,
            IpSocketAddress,
        )| {
            let sockets = &mut store.data_mut().sockets();
            f.answer(Function::StartConnect, || {
                sockets.start_connect(this, network, address)
            })
        },
    )?;
    let f = faults.clone();
    tcp.func_wrap(
        "[method]tcp-socket.finish-connect",
        move |mut store: Store, (this,): (Resource<TcpSocket>,)| {
            let sockets = &mut store.data_mut().sockets();
            f.answer(Function::FinishConnect, || sockets.finish_connect(this))
        },
    )?;
    let f = faults.clone();
    tcp.func_wrap(
        "[method]tcp-socket.local-address",
        move |mut store: Store, (this,): (Resource<TcpSocket>,)| {
            let sockets = &mut store.data_mut().sockets();
            f.answer(Function::LocalAddress, || sockets.local_address(this))
        },
    )?;
    let f = faults.clone();
    tcp.func_wrap(
        "[method]tcp-socket.shutdown",
        move |mut store: Store, (this, half): (Resource<TcpSocket>, ShutdownType)| {
            let sockets = &mut store.data_mut().sockets();
            f.answer(Function::Shutdown, || sockets.shutdown(this, half))
        },
    )
}

fn add_streams(interface: &mut Interface, faults: &Faults) -> wasmtime::Result<()> {
    let f = faults.clone();
    interface.func_wrap(
        "[method]input-stream.read",
        move |mut store: Store, (this, len): (Resource<InputStream>, u64)| {
            f.answer_of_stream(Function::Read, &mut store, |state| {
                state.table.read(this, len)
            })
        },
    )?;
    let f = faults.clone();
    interface.func_wrap(
        "[method]output-stream.check-write",
        move |mut store: Store, (this,): (Resource<OutputStream>,)| {
            f.answer_of_stream(Function::CheckWrite, &mut store, |state| {
                state.table.check_write(this)
            })
        },
    )?;
    let f = faults.clone();
    interface.func_wrap(
        "[method]output-stream.write",
        move |mut store: Store, (this, octets): (Resource<OutputStream>, Vec<u8>)| {
            f.answer_of_stream(Function::Write, &mut store, |state| {
                state.table.write(this, octets)
            })
        },
    )
}

impl Faults {
    fn answer<T>(
        &self,
        function: Function,
        real: impl FnOnce() -> Result<T, SocketError>,
    ) -> Answer<T> {
        if let Some(code) = self.of(function) {
            return Ok((Err(named(&CODES, code)),));
        }
        match real() {
            Ok(value) => Ok((Ok(value),)),
            Err(error) => Ok((Err(error.downcast()?),)),
        }
    }

    fn answer_of_stream<T>(
        &self,
        function: Function,
        store: &mut Store,
        real: impl FnOnce(&mut State) -> Result<T, StreamError>,
    ) -> wasmtime::Result<(Result<T, streams::StreamError>,)> {
        let answer = match self.of(function) {
            None => real(store.data_mut()),
            Some(CLOSED) => Err(StreamError::Closed),
            Some(_) => Err(StreamError::LastOperationFailed(wasmtime::Error::msg(
                "broken",
            ))),
        };
        match answer {
            Ok(value) => Ok((Ok(value),)),
            Err(error) => Ok((Err(store.data_mut().table.convert_stream_error(error)?),)),
        }
    }
}

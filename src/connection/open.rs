//! Opening a connection: name lookup, Happy Eyeballs, the TLS handshake.

use core::net::{IpAddr, SocketAddr};

use super::{CallDeadlines, ConnectConfig};
use crate::net::{self, Deadline, Interest, Network, Read, Stream};
use crate::smtp::error::{Error, Phase};
use crate::smtp::transcript::Speaker;
use crate::timeouts::Timeout;
use crate::tls::{self, Tls};
use crate::transcript::Transcript;

pub(super) async fn connect<N: Network>(
    config: &ConnectConfig,
    deadlines: &CallDeadlines<N>,
    transcript: &Transcript,
) -> Result<(N::Stream, IpAddr), Error> {
    let host = &config.host;
    let port = config.server.port();
    let network = &deadlines.network;
    let addresses = lookup(host, deadlines).await?;
    let note = |event| transcript.add(|| network.now(), Speaker::Event, event);
    note(format!("connecting to {host} port {port}"));
    let addresses = net::interleave(&addresses, config.memory.prefers_ipv6());
    let limit = deadlines.timeouts.connect;
    match net::connect(network, addresses, port, limit, deadlines.total).await {
        Ok((stream, ip)) => {
            note(format!("connected to {}", SocketAddr::new(ip, port)));
            Ok((stream, ip))
        }
        Err(_) if deadlines.is_over() => Err(Error::Timeout(Phase::Connect, Timeout::Total)),
        Err(errors) if errors.are_denials() => Err(Error::AccessDenied(Phase::Connect)),
        Err(errors) => Err(Error::ConnectFailed(format!(
            "{host} port {port}: {errors}"
        ))),
    }
}

/// The addresses of a host, at least one. An IP address is its own: hosts that resolve no names do not resolve
/// literals either.
async fn lookup<N: Network>(
    host: &str,
    deadlines: &CallDeadlines<N>,
) -> Result<Vec<IpAddr>, Error> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![address.to_canonical()]);
    }
    let deadline = deadlines.limit(deadlines.timeouts.connect);
    match deadlines.network.lookup(host, deadline).await {
        Ok(addresses) if addresses.is_empty() => Err(Error::LookupFailed(format!(
            "{host}: the name has no address"
        ))),
        Ok(addresses) => Ok(addresses),
        Err(net::Error::Denied) => Err(Error::AccessDenied(Phase::Lookup)),
        Err(net::Error::TimedOut) => Err(deadlines.timed_out(Phase::Lookup, Timeout::Connect)),
        Err(net::Error::Failed(why)) => Err(Error::LookupFailed(format!("{host}: {why}"))),
        Err(net::Error::Disconnected) => Err(Error::LookupFailed(host.into())),
    }
}

/// Makes the ClientHello. Its keys take some time to make.
pub(super) fn client_hello(config: &ConnectConfig) -> Result<Tls, Error> {
    let name = config
        .server_name
        .as_ref()
        .map_err(|why| Error::InvalidArgument(why.clone()))?;
    Tls::new(&config.tls, name).map_err(tls_failed)
}

/// The handshake, until the client's part of it is done.
pub(super) async fn handshake<N: Network>(
    stream: &mut N::Stream,
    mut tls: Tls,
    deadlines: &CallDeadlines<N>,
) -> Result<Tls, Error> {
    let deadline = deadlines.limit(deadlines.timeouts.tls);
    let interrupted = |error| match error {
        net::Error::TimedOut => deadlines.timed_out(Phase::Tls, Timeout::Tls),
        _ => Error::Disconnected(Phase::Tls),
    };
    let network = &deadlines.network;
    while tls.is_handshaking() {
        let flight = std::mem::take(tls.outgoing());
        match write_all(network, stream, &flight, deadline).await {
            // The server may have said why before it closed: reading tells.
            Ok(()) | Err(net::Error::Disconnected) => {}
            Err(error) => return Err(interrupted(error)),
        }
        let read = net::read_something(network, stream, deadline).await;
        match read.map_err(interrupted)? {
            Read::Nothing => {}
            Read::End | Read::Broken => return Err(Error::Disconnected(Phase::Tls)),
            Read::Bytes(bytes) => {
                if let Err(error) = tls.receive(&bytes) {
                    // The alert, for the server's log.
                    let _ = write_all(network, stream, tls.outgoing(), deadline).await;
                    return Err(tls_failed(error));
                }
            }
        }
    }
    Ok(tls)
}

pub(super) async fn write_all(
    network: &impl Network,
    stream: &mut impl Stream,
    mut bytes: &[u8],
    deadline: Deadline,
) -> Result<(), net::Error> {
    while !bytes.is_empty() {
        match stream.writable_bytes()? {
            0 if deadline.has_passed(network) => return Err(net::Error::TimedOut),
            0 => stream.wait(Interest::Write, deadline).await?,
            octets => {
                let (piece, rest) = bytes.split_at(octets.min(bytes.len()));
                stream.write(piece)?;
                bytes = rest;
            }
        }
    }
    Ok(())
}

pub(crate) fn tls_failed(error: tls::Error) -> Error {
    match error {
        tls::Error::Failed(failure, message) => Error::TlsFailed(failure, message),
        tls::Error::NoRandomness => Error::Other(error.to_string()),
    }
}

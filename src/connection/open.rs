//! From a target to a socket, and from a socket to TLS.

use core::net::{IpAddr, SocketAddr};

use super::{Clock, Target};
use crate::net::{self, Deadline, Read, Socket};
use crate::smtp::error::{Error, Phase};
use crate::smtp::transcript::Speaker;
use crate::timeouts::Timeout;
use crate::tls::{self, Tls};
use crate::transcript::Transcript;

pub fn connect(
    target: &Target,
    clock: &Clock,
    transcript: &Transcript,
) -> Result<(Socket, IpAddr), Error> {
    let Target { host, port, .. } = target;
    let addresses =
        net::lookup(host, clock.limit(clock.timeouts.connect)).map_err(|error| match error {
            net::Error::Denied => Error::AccessDenied(Phase::Lookup),
            net::Error::TimedOut => clock.timed_out(Phase::Lookup, Timeout::Connect),
            net::Error::Failed(why) => Error::LookupFailed(format!("{host}: {why}")),
            net::Error::Disconnected => Error::LookupFailed(host.clone()),
        })?;
    if addresses.is_empty() {
        return Err(Error::LookupFailed(format!(
            "{host}: the name has no address"
        )));
    }
    transcript.add(Speaker::Event, format!("connecting to {host} port {port}"));
    let addresses = net::interleave(&addresses, target.memory.prefers_ipv6());
    match net::dial(addresses, *port, clock.timeouts.connect, clock.total) {
        Ok((socket, ip)) => {
            transcript.add(
                Speaker::Event,
                format!("connected to {}", SocketAddr::new(ip, *port)),
            );
            Ok((socket, ip))
        }
        Err(_) if clock.total.is_some_and(Deadline::has_passed) => {
            Err(Error::Timeout(Phase::Connect, Timeout::Total))
        }
        Err(error) if error.is_denied() => Err(Error::AccessDenied(Phase::Connect)),
        Err(error) => Err(Error::ConnectFailed(format!("{host} port {port}: {error}"))),
    }
}

/// The ClientHello, whose keys take some time to make.
pub fn client_hello(target: &Target) -> Result<Tls, Error> {
    let name = target
        .server_name
        .as_ref()
        .map_err(|why| Error::InvalidArgument(why.clone()))?;
    Tls::new(&target.tls, name).map_err(tls_failed)
}

/// Until the client's part is done.
pub fn handshake(socket: &Socket, mut tls: Tls, clock: &Clock) -> Result<Tls, Error> {
    let deadline = clock.limit(clock.timeouts.tls);
    let interrupted = |error| match error {
        net::Error::TimedOut => clock.timed_out(Phase::Tls, Timeout::Tls),
        _ => Error::Disconnected(Phase::Tls),
    };
    while tls.is_handshaking() {
        let flight = std::mem::take(tls.outgoing());
        match socket.write_all(&flight, deadline) {
            // The server may have said why before it closed: what is to be read tells.
            Ok(()) | Err(net::Error::Disconnected) => {}
            Err(error) => return Err(interrupted(error)),
        }
        match socket.read_within(deadline).map_err(interrupted)? {
            Read::Nothing => {}
            Read::End | Read::Broken => return Err(Error::Disconnected(Phase::Tls)),
            Read::Bytes(bytes) => {
                if let Err(error) = tls.receive(&bytes) {
                    // The alert, for the server's log.
                    let _ = socket.write_all(tls.outgoing(), deadline);
                    return Err(tls_failed(error));
                }
            }
        }
    }
    Ok(tls)
}

pub fn tls_failed(error: tls::Error) -> Error {
    match error {
        tls::Error::Failed(failure, message) => Error::TlsFailed(failure, message),
        tls::Error::NoRandomness => Error::Other(error.to_string()),
    }
}

//! From a host's name to its addresses.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::ip_name_lookup::resolve_addresses;
use wasip2::sockets::network::{ErrorCode, IpAddress};

use super::{Deadline, Error};

/// Addresses that one lookup is asked for; more are not tried.
const MAX_ADDRESSES: usize = 16;

/// The addresses of a name, in the order that the host's resolver prefers. An IP address is its
/// own: hosts that resolve no names do not resolve literals either.
pub fn lookup(name: &str, deadline: Deadline) -> Result<Vec<IpAddr>, Error> {
    if let Ok(address) = name.parse() {
        return Ok(vec![address]);
    }
    let network = instance_network();
    let stream = resolve_addresses(&network, name).map_err(to_error)?;
    let mut found = Vec::new();
    while found.len() < MAX_ADDRESSES {
        match stream.resolve_next_address() {
            Ok(Some(address)) => found.push(to_ip(address)),
            Ok(None) => break,
            Err(ErrorCode::WouldBlock) => deadline.wait(&[&stream.subscribe()])?,
            Err(code) => return Err(to_error(code)),
        }
    }
    Ok(found)
}

fn to_error(code: ErrorCode) -> Error {
    match code {
        // A name that does not exist is `name-unresolvable`: hosts that resolve none for this
        // component (wasmtime, wasmCloud) say that their resolver fails for good.
        ErrorCode::AccessDenied | ErrorCode::PermanentResolverFailure => Error::Denied,
        ErrorCode::NameUnresolvable => Error::Failed("no such name, or it has no address".into()),
        ErrorCode::TemporaryResolverFailure => {
            Error::Failed("the resolver fails at the moment: try later".into())
        }
        code => Error::Failed(code.name().replace('-', " ")),
    }
}

fn to_ip(address: IpAddress) -> IpAddr {
    match address {
        IpAddress::Ipv4((a, b, c, d)) => Ipv4Addr::new(a, b, c, d).into(),
        IpAddress::Ipv6((a, b, c, d, e, f, g, h)) => Ipv6Addr::new(a, b, c, d, e, f, g, h).into(),
    }
}
